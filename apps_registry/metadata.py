"""Client metadata (RFC 7591 2), as an app that registers itself sends or publishes it: what of it is taken, and what is told back.

Members that are not known here are left out (RFC 7591 2), and what cannot be given is replaced by what can (3.2.1): scopes beyond
T0 and T1, grant types that such an app does not get. What would change who it is or where its answers go is refused instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from apps_registry import details, keys, redirects
from apps_registry.errors import FieldError, InvalidApp
from apps_registry.keys import NO_KEYS, Keys
from apps_registry.kinds import KEY_METHOD, SECRET_METHODS
from apps_registry.queries import AppPage
from connect.scopes import scopes
from connect.scopes.errors import ScopesError
from connect.scopes.scopes import CUSTOMER_SCOPES, OFFLINE_ACCESS, SCOPES, Tier

GRANT_TYPES = ("authorization_code", "refresh_token")
RESPONSE_TYPES = ("code",)
NONE, BASIC = "none", SECRET_METHODS[0]
METHODS = (NONE, *SECRET_METHODS, KEY_METHOD)
UNREVIEWED_SCOPES = frozenset({OFFLINE_ACCESS}) | {
    name for name in CUSTOMER_SCOPES if SCOPES[name].tier in {Tier.T0, Tier.T1}
}
_ADDRESSES = {"client_uri": "home_url", "policy_uri": "privacy_policy_url", "tos_uri": "terms_url"}


@dataclass(frozen=True)
class Metadata:
    """What an app says of itself, once checked. `kind` as in kinds.py; all of `scopes` are optional ones."""

    name: str
    kind: str
    auth_method: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    home_url: str = ""
    privacy_policy_url: str = ""
    terms_url: str = ""
    keys: Keys = NO_KEYS


class _Members(Schema):
    class Meta:
        unknown = EXCLUDE

    redirect_uris = fields.List(fields.String(), load_default=())
    token_endpoint_auth_method = fields.String()
    grant_types = fields.List(fields.String(), load_default=("authorization_code",))
    response_types = fields.List(fields.String(), load_default=RESPONSE_TYPES)
    client_name = fields.String(load_default="")
    client_uri = fields.String(load_default="")
    policy_uri = fields.String(load_default="")
    tos_uri = fields.String(load_default="")
    jwks = fields.Dict()
    jwks_uri = fields.String(load_default="")
    scope = fields.String(load_default=" ".join(sorted(UNREVIEWED_SCOPES)))


def read(given: Mapping[str, Any], *, of_document: bool = False) -> Metadata:
    """The metadata in `given`, a JSON object; null is as good as absent (RFC 7592 2.2). In a document no secret can be agreed on.

    Raises RedirectRefused naming the rule, InvalidApp with every other member that is wrong.
    """
    members = _typed(given)
    method = members.get("token_endpoint_auth_method", NONE if of_document else BASIC)
    details.raise_if(_errors(members, method, of_document))
    uris = tuple(members["redirect_uris"])
    kind = _kind(uris, method)
    for uri in uris:
        redirects.check(uri, kind)
    details.raise_if(details.redirect_errors(uris, kind))
    return Metadata(
        name=members["client_name"].strip() or _host(members["client_uri"] or uris[0]),
        kind=kind,
        auth_method=method,
        redirect_uris=uris,
        scopes=UNREVIEWED_SCOPES & scopes.parse(members["scope"]),
        keys=_keys(members, method),
        **{ours: members[name] for name, ours in _ADDRESSES.items()},
    )


def told(app: AppPage) -> dict[str, Any]:
    """What is registered of an app, as RFC 7591 3.2.1 tells it back."""
    said = {
        "client_id": app.client_id,
        "client_id_issued_at": int(app.created_at.timestamp()),
        "client_name": app.name,
        "redirect_uris": list(app.redirect_uris),
        "token_endpoint_auth_method": app.auth_method,
        "grant_types": list(GRANT_TYPES),
        "response_types": list(RESPONSE_TYPES),
        "scope": scopes.join(line.name for line in app.versions[0].scopes),
    }
    optional = _ADDRESSES | {"jwks": "jwks", "jwks_uri": "jwks_uri"}
    return said | {name: value for name, ours in optional.items() if (value := getattr(app, ours))}


def _typed(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = _Members().load({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        assert isinstance(error.messages, dict)  # by member, since what was loaded is an object
        raise InvalidApp(*(FieldError(name, _said(why)) for name, why in error.messages.items())) from error
    return loaded


def _said(why: Any) -> str:
    """marshmallow's words for a member; for the parts of a list, those of the first that is wrong."""
    while isinstance(why, dict):
        why = next(iter(why.values()))
    return " ".join(map(str, why))


def _errors(members: Mapping[str, Any], method: str, of_document: bool) -> Iterator[FieldError]:
    methods = (NONE, KEY_METHOD) if of_document else METHODS
    if method not in methods:
        yield FieldError("token_endpoint_auth_method", _("Choose one of: %(methods)s.", methods=", ".join(methods)))
    yield from keys.errors(method, _keys(members, method))
    for name, needed in (("grant_types", GRANT_TYPES[0]), ("response_types", RESPONSE_TYPES[0])):
        if needed not in members[name]:
            yield FieldError(name, _("%(needed)s has to be among them; there is no other way in.", needed=needed))
    if members["client_name"]:
        yield from details.line_errors("client_name", members["client_name"], 100, _("Leave it out, or enter a name."))
    for name in _ADDRESSES:
        if members[name] and not details.is_web_address(members[name]):
            yield FieldError(name, _("Enter an address that starts with https:// and names a host."))
    if not members["redirect_uris"]:
        yield FieldError(
            "redirect_uris", _("Enter the address that customers come back to after they allowed the app.")
        )
    yield from _scope_errors(members["scope"])


def _keys(members: Mapping[str, Any], method: str) -> Keys:
    """Where its keys come from; those of a client that does not prove itself with one are of no use here."""
    return Keys(members.get("jwks"), members["jwks_uri"]) if method == KEY_METHOD else NO_KEYS


def _scope_errors(text: str) -> Iterator[FieldError]:
    try:
        possible = UNREVIEWED_SCOPES & scopes.parse(text)
    except ScopesError as error:
        yield FieldError("scope", str(error))
        return
    if not possible & CUSTOMER_SCOPES:
        names = scopes.join(UNREVIEWED_SCOPES)
        yield FieldError("scope", _("An app that nobody has reviewed may ask for these only: %(names)s.", names=names))


def _kind(uris: tuple[str, ...], method: str) -> str:
    """A client without a secret that comes back otherwise than by https runs on a device (RFC 8252 7)."""
    if method != NONE:
        return "confidential"
    return "public" if all(uri.startswith("https:") for uri in uris) else "native"


def _host(address: str) -> str:
    parts = urlsplit(address)
    return (parts.hostname or parts.scheme)[:100]
