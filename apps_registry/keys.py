"""The keys that an app proves itself with (private_key_jwt): a JWK Set it gave, or the address where it publishes one (RFC 7591 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from apps_registry import rows, signals
from apps_registry.errors import FieldError, InvalidApp
from apps_registry.kinds import KEY_METHOD
from apps_registry.models import App
from connect.core import clock, public_keys, settings, strict_json
from connect.core.actor import Actor
from connect.core.egress import policy
from connect.core.egress.errors import EgressRefused
from connect.core.egress.policy import Policy
from connect.core.public_keys import PublicKey

_LONGEST_SET = 32_768  # characters; ten keys of 4,096 bits take 10,000


@dataclass(frozen=True)
class Keys:
    """Where the keys of an app come from: `jwks` is a JWK Set by value, `jwks_uri` the address of one. One of the two is there."""

    jwks: Mapping[str, Any] | None = None
    jwks_uri: str = ""


NO_KEYS = Keys()


@dataclass(frozen=True)
class KeyName:
    """How the ledger names a key: `kind` client_key, its thumbprint (RFC 7638) and its kid; or `kind` jwks_uri and the address."""

    kind: str
    id: str
    hint: str | None = None


def read(text: str | bytes) -> dict[str, Any]:
    """The JSON object that somebody pasted or put into a file. Raises InvalidApp; whether it is a JWK Set is for `errors` to say."""
    try:
        if len(text) > _LONGEST_SET:
            raise ValueError("it is too long")
        return strict_json.parse_object(text.encode() if isinstance(text, str) else text)
    except ValueError as error:
        raise InvalidApp(_unfit(str(error))) from error


def errors(method: str, keys: Keys) -> Iterator[FieldError]:
    """What is wrong with the keys of an app that authenticates by `method`."""
    given = [keys.jwks is not None, bool(keys.jwks_uri)]
    if method != KEY_METHOD:
        if any(given):
            yield FieldError("jwks", _("Keys are for apps that prove who they are with one; leave them out."))
    elif all(given):
        yield FieldError("jwks_uri", _("Give the keys or their address, not both."))
    elif not any(given):
        yield FieldError("jwks", _("Give the app's public keys as a JWK Set, or the address where it publishes them."))
    elif keys.jwks_uri:
        yield from _address_errors(keys.jwks_uri)
    else:
        yield from _set_errors(keys.jwks)


def write(app: App, keys: Keys) -> None:
    """Put checked keys on the row: of each only what is needed."""
    app.jwks = None if keys.jwks is None else public_keys.as_json(public_keys.strict_set(keys.jwks))
    app.jwks_uri = keys.jwks_uri or None


def held(jwks: Mapping[str, Any] | None) -> tuple[PublicKey, ...]:
    """The keys in an app's row; none where it publishes them, or has none."""
    return () if jwks is None else public_keys.strict_set(jwks)


def held_as(jwks: Mapping[str, Any] | None, kid: object) -> PublicKey | None:
    """The key of that name in an app's row, or the only one where nothing is named. No other key is read."""
    members = [member for member in (jwks or {"keys": []})["keys"] if kid is None or member.get("kid") == kid]
    return public_keys.strict_set({"keys": members})[0] if len(members) == 1 else None


def names(app: App) -> tuple[KeyName, ...]:
    """What the app's row says about its keys, as the ledger names it."""
    if app.jwks_uri:
        return (KeyName("jwks_uri", app.jwks_uri),)
    return tuple(KeyName("client_key", key.thumbprint, key.kid) for key in held(app.jwks))


def replace(session: Session, app_id: UUID, keys: Keys, actor: Actor) -> App:
    """Put `keys` in the place of those before, which prove nothing from then on. Raises InvalidApp."""
    app = rows.locked_app(session, app_id)
    wrong = list(errors(app.auth_method, keys))
    if app.auth_method != KEY_METHOD:
        wrong = [FieldError("jwks", _("This app proves who it is by %(method)s.", method=app.auth_method))]
    if wrong:
        raise InvalidApp(*wrong)
    before = names(app)
    write(app, keys)
    app.updated_at = clock.now()
    session.flush()
    tell(session, app, actor, before)
    return app


def tell(session: Session, app: App, actor: Actor, before: tuple[KeyName, ...] = ()) -> None:
    """Send the signal, where the keys are others than `before`."""
    now = names(app)
    made, ended = (tuple(name for name in one if name not in two) for one, two in ((now, before), (before, now)))
    if made or ended:
        signals.keys_changed.send(app, session=session, actor=actor, made=made, ended=ended)


def _address_errors(uri: str) -> Iterator[FieldError]:
    """The address is called later by the guard of outgoing requests; what that would refuse is refused now."""
    try:
        policy.check(uri, Policy.of(settings.current()))
    except EgressRefused as error:
        yield FieldError("jwks_uri", _("This address cannot be called: %(why)s.", why=str(error)))


def _set_errors(jwks: Mapping[str, Any] | None) -> Iterator[FieldError]:
    try:
        public_keys.strict_set(jwks)
    except ValueError as error:
        yield _unfit(str(error))


def _unfit(why: str) -> FieldError:
    return FieldError("jwks", _("This JWK Set cannot be used: %(why)s.", why=why))
