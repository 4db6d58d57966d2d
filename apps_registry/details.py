"""What a developer says of an app, and the checks on it. All errors are collected, so that a form can show them at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext as _

from apps_registry import keys, redirects
from apps_registry.errors import FieldError, InvalidApp, RedirectRefused, RegistryError, UnknownScopes
from apps_registry.keys import NO_KEYS, Keys
from apps_registry.kinds import FAPI, KEY_METHOD, KINDS, PROFILES, STANDARD
from apps_registry.schemas import LONGEST_RETENTION, DefaultTermsSchema
from connect.core import settings
from connect.scopes import rights, scopes
from connect.scopes.scopes import SCOPES, Tier

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_URL_CHARACTERS = re.compile(r"[!-~]{1,2000}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_JOINERS = "\u200c\u200d"  # zero width, and needed to write Hindi
_LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Asked:
    """A scope that a version asks for; `purpose` in the developer's words, `purpose_hi` the same in Hindi where they like."""

    name: str
    required: bool = False
    purpose: str = ""
    purpose_hi: str = ""


@dataclass(frozen=True)
class Registration:
    """A new app. `auth_method` defaults to the kind's own, and to keys in the fapi tier, which `profile` is the name of; `keys` are for
    that method. `owner_account_id` makes it private to that account."""

    name: str
    legal_developer: str
    privacy_policy_url: str
    kind: str
    redirect_uris: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    auth_method: str = ""
    profile: str = STANDARD
    keys: Keys = NO_KEYS
    description: str = ""
    home_url: str = ""
    terms_url: str = ""
    support_email: str = ""
    connect_url: str = ""
    retention_days: int = 30
    owner_account_id: UUID | None = None
    default_terms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """How it authenticates."""
        return self.auth_method or (KEY_METHOD if self.profile == FAPI else KINDS[self.kind].auth_methods[0])


def check(registration: Registration) -> None:
    """Raises InvalidApp with every wrong field."""
    errors = [
        *_texts(registration),
        *_urls(registration),
        *_client(registration),
        *terms_errors(registration.default_terms),
    ]
    if not errors:  # the kind is known from here on
        errors = [*redirect_errors(registration.redirect_uris, registration.kind)]
        errors += scope_errors(registration.asked, registration.kind, private=registration.owner_account_id is not None)
    if errors:
        raise InvalidApp(*errors)


def redirect_errors(uris: tuple[str, ...], kind: str) -> Iterator[FieldError]:
    """What is wrong with the redirect URIs of a client of `kind`."""
    if not KINDS[kind].redirects and uris:
        yield FieldError(
            "redirect_uris", _("a %(kind)s client has no browser to come back to; leave these out", kind=kind)
        )
        return
    if KINDS[kind].redirects and not uris:
        yield FieldError(
            "redirect_uris", _("Enter the address that customers come back to after they allowed the app.")
        )
    if len(uris) > redirects.MOST_PER_APP:
        yield FieldError("redirect_uris", _("An app may have %(n)d redirect URIs at most.", n=redirects.MOST_PER_APP))
    for uri in uris:
        try:
            redirects.check(uri, kind)
        except RedirectRefused as error:
            yield from error.errors
    if len(set(uris)) < len(uris):
        yield FieldError("redirect_uris", _("The same redirect URI is there twice."))


def scope_errors(asked: tuple[Asked, ...], kind: str, *, private: bool = False) -> Iterator[FieldError]:
    """What is wrong with the scopes a version asks for: unknown, repeated, without a purpose, above what a private app may have."""
    names = [item.name for item in asked]
    if unknown := scopes.unknown(names):
        yield from UnknownScopes(unknown).errors
        return
    if kind == "service" and names:
        yield FieldError("scopes", _("A service client acts for the app alone and asks customers for nothing."))
    if kind != "service" and not scopes.CUSTOMER_SCOPES.intersection(names):
        yield FieldError("scopes", _("Choose at least one scope that shows something."))
    if len(set(names)) < len(names):
        yield FieldError("scopes", _("The same scope is there twice."))
    if rights.must_be_optional(frozenset(names)) & {item.name for item in asked if item.required}:
        yield FieldError("scopes", _("Beside a restricted scope, offline_access can only be optional."))
    for item in asked:
        yield from _one_scope(item, private)


def terms_errors(default_terms: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with the terms that a version proposes."""
    for name, messages in DefaultTermsSchema().validate(dict(default_terms)).items():
        yield FieldError(f"default_terms.{name}", " ".join(map(str, messages)))


def _one_scope(item: Asked, private: bool) -> Iterator[FieldError]:
    scope = SCOPES[item.name]
    if scope.rule and scope.rule.purpose_required and not item.purpose.strip():
        yield FieldError(
            f"purpose.{item.name}",
            _("%(scope)s shows personal data: say in a sentence what your app does with it.", scope=item.name),
        )
    if len(item.purpose) > _LONGEST_TEXT or len(item.purpose_hi) > _LONGEST_TEXT:
        yield FieldError(f"purpose.{item.name}", _("Keep the purpose under %(n)d characters.", n=_LONGEST_TEXT))
    if private and scope.tier == Tier.T3:
        yield FieldError(
            "scopes", _("%(scope)s needs a security review, which a private app has not.", scope=item.name)
        )


def _texts(given: Registration) -> Iterator[FieldError]:
    yield from line_errors("name", given.name, 100, _("Enter the app's name, as customers will see it."))
    yield from line_errors(
        "legal_developer", given.legal_developer, 200, _("Enter the legal name of who develops the app.")
    )
    if len(given.description) > _LONGEST_TEXT:
        yield FieldError("description", _("Keep the description under %(n)d characters.", n=_LONGEST_TEXT))
    if given.support_email and not (len(given.support_email) <= 320 and _EMAIL.fullmatch(given.support_email)):
        yield FieldError("support_email", _("Enter an e-mail address, such as help@example.com."))
    if not 1 <= given.retention_days <= LONGEST_RETENTION:
        yield FieldError(
            "retention_days",
            _("Enter how many days the app keeps what it read, from 1 to %(n)d.", n=LONGEST_RETENTION),
        )


def line_errors(name: str, value: str, longest: int, missing: str) -> Iterator[FieldError]:
    """One visible line. Control and direction characters are refused: with them a name can pose as another."""
    if not value.strip():
        yield FieldError(name, missing)
    elif len(value) > longest:
        yield FieldError(name, _("Keep it under %(n)d characters.", n=longest))
    elif any(unicodedata.category(letter)[0] == "C" and letter not in _JOINERS for letter in value):
        yield FieldError(name, _("Use visible characters only."))


def _urls(given: Registration) -> Iterator[FieldError]:
    if not given.privacy_policy_url:
        yield FieldError("privacy_policy_url", _("A privacy policy is required: customers are asked to review it."))
    for name in ("privacy_policy_url", "home_url", "terms_url", "connect_url"):
        value = getattr(given, name)
        if value and not is_web_address(value):
            yield FieldError(name, _("Enter an address that starts with https:// and names a host."))


def is_web_address(value: str) -> bool:
    """https with a host and no user; in development http on this device too, for an app under construction."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    local = parts.scheme == "http" and host in _LOOPBACK and not settings.current().production
    public = parts.scheme == "https" and "." in host
    return bool(_URL_CHARACTERS.fullmatch(value)) and port != 0 and "@" not in parts.netloc and (local or public)


def _client(given: Registration) -> Iterator[FieldError]:
    if given.kind not in KINDS:
        yield FieldError("kind", _("Choose one of: %(kinds)s.", kinds=", ".join(KINDS)))
    elif given.auth_method and given.auth_method not in KINDS[given.kind].auth_methods:
        known = ", ".join(KINDS[given.kind].auth_methods)
        yield FieldError("auth_method", _("For this kind of client choose one of: %(methods)s.", methods=known))
    elif given.profile not in PROFILES:
        yield FieldError("profile", _("Choose one of: %(profiles)s.", profiles=", ".join(PROFILES)))
    elif given.profile == FAPI and not (KINDS[given.kind].confidential and given.method == KEY_METHOD):
        yield FieldError("profile", _("FAPI 2.0 is for an app with a server, which proves who it is with a key."))
    else:
        yield from keys.errors(given.method, given.keys)


def raise_if(errors: Iterator[FieldError], kind: type[RegistryError] = InvalidApp) -> None:
    """Raise `kind` with all of `errors`, if there are any."""
    if found := list(errors):
        raise kind(*found)
