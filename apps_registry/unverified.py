"""Apps that no team answers for: each registered itself (RFC 7591) or is described by a document at its client id (CIMD).

Nobody has checked what they say of themselves. They stand in the state `unverified`, which every account may connect and in which no
version is ever reviewed; all they may ask for is of T0 and T1 (metadata.py).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from apps_registry import keys, rows, services, signals, versions
from apps_registry.details import Asked
from apps_registry.errors import FieldError, InvalidApp
from apps_registry.kinds import SECRET_METHODS
from apps_registry.lifecycle import State
from apps_registry.metadata import Metadata
from apps_registry.models import App, AppSecret, AppVersion, ClientRegistration, RedirectUri, RequestedScope
from apps_registry.origins import Origin
from connect.core import actor, clock, database, ids

TOKEN = "vtg"  # noqa: S105 - prefix of a registration access token
_USE_NOTED_EVERY = timedelta(hours=1)
_RETENTION_DAYS = 30  # what a grant is offered on, since the app has said nothing


@dataclass(frozen=True)
class SelfRegistered:
    """A new app; `token` and `secret` are in clear here and nowhere else, `secret` None for a client that has none."""

    app: App
    token: str
    secret: str | None


@dataclass(frozen=True)
class Known:
    """What is known of an app that registered itself, besides the app."""

    app_id: UUID
    state: str
    token_digest: bytes | None
    fresh_until: datetime | None

    def holds(self, token: str) -> bool:
        """Whether `token` is its registration access token, in constant time."""
        return self.token_digest is not None and hmac.compare_digest(ids.digest(token), self.token_digest)


def known(connection: Connection | Session, client_id: str) -> Known | None:
    """The app of that client id, if it registered itself."""
    row = connection.execute(
        select(App.id, App.state, ClientRegistration.token_digest, ClientRegistration.fresh_until)
        .join(ClientRegistration, ClientRegistration.app_id == App.id)
        .where(App.client_id == client_id)
    ).one_or_none()
    return None if row is None else Known(*row)


def register(session: Session, given: Metadata) -> SelfRegistered:
    """A new app with a client id of ours (RFC 7591 3.2.1)."""
    app_id, token = ids.new(), ids.token(TOKEN)
    app = _new_app(app_id, ids.encode("app", app_id), given, Origin.REGISTRATION)
    session.add(app)
    session.flush()
    _complete(session, app, given, token_digest=ids.digest(token))
    if app.auth_method not in SECRET_METHODS:
        return SelfRegistered(app, token, None)
    made = services.write_secret(session, app.id)
    signals.secret_made.send(app, session=session, actor=actor.app(app.client_id), secret=made.row)
    return SelfRegistered(app, token, made.secret)


def describe(session: Session, client_id: str, given: Metadata, fresh_until: datetime) -> App:
    """The app whose client id is the address of a document that says `given`: made, or brought to what it says now.

    Of two processes that see it first at once, one makes it and the other finds it made.
    """
    app = _by_client_id(session, client_id)
    if app is None:
        app = _new_app(ids.new(), client_id, given, Origin.DOCUMENT)
        try:
            with database.savepoint(session):
                session.add(app)
        except IntegrityError:
            app = _by_client_id(session, client_id)
            assert app is not None  # that it is there is what was wrong
        else:
            _complete(session, app, given, fresh_until=fresh_until)
            return app
    _change(session, app, given)
    session.execute(
        update(ClientRegistration).where(ClientRegistration.app_id == app.id).values(fresh_until=fresh_until)
    )
    return app


def change(session: Session, app_id: UUID, given: Metadata) -> App:
    """What the app now says of itself in place of what it said before (RFC 7592 2.2). Raises InvalidApp where it would prove itself by
    something else than before: that is another client."""
    app = rows.locked_app(session, app_id)
    if _proof(given.auth_method) != _proof(app.auth_method):
        words = _("This stays %(method)s; for another way to authenticate, register anew.", method=app.auth_method)
        raise InvalidApp(FieldError("token_endpoint_auth_method", words))
    _change(session, app, given)
    return app


def note_use(session: Session, app_id: UUID) -> None:
    """Remember, to the hour, that somebody was sent here by the app."""
    now = clock.now()
    stale = (ClientRegistration.app_id == app_id, ClientRegistration.used_at < now - _USE_NOTED_EVERY)
    session.connection().execute(update(ClientRegistration).where(*stale).values(used_at=now))


def remove(session: Session, app_ids: Sequence[UUID]) -> int:
    """Take apps out of the registry that nobody ever connected; returns how many. The ledger keeps that they were there."""
    apps = session.scalars(select(App).where(App.id.in_(app_ids), App.origin != Origin.TEAM)).all()
    for app in apps:
        signals.app_removed.send(app, session=session, actor=actor.SYSTEM)
    gone = [app.id for app in apps]
    of_them = select(AppVersion.id).where(AppVersion.app_id.in_(gone)).scalar_subquery()
    session.execute(delete(RequestedScope).where(RequestedScope.app_version_id.in_(of_them)))
    for model in (AppVersion, RedirectUri, AppSecret, ClientRegistration):
        session.execute(delete(model).where(model.app_id.in_(gone)))
    session.execute(delete(App).where(App.id.in_(gone)))
    return len(gone)


def _by_client_id(session: Session, client_id: str) -> App | None:
    app_id = session.scalar(select(App.id).where(App.client_id == client_id))
    return None if app_id is None else rows.locked_app(session, app_id)


def _new_app(app_id: UUID, client_id: str, given: Metadata, origin: Origin) -> App:
    now = clock.now()
    app = App(
        id=app_id,
        client_id=client_id,
        team_id=None,
        origin=origin.value,
        legal_developer=(urlsplit(client_id).hostname or "")[:200] if origin is Origin.DOCUMENT else "",
        state=State.UNVERIFIED.value,
        retention_days=_RETENTION_DAYS,
        created_at=now,
        updated_at=now,
        **_columns(given),
    )
    keys.write(app, given.keys)
    return app


def _proof(method: str) -> str:
    """What an authentication method rests on; a secret may be sent in two ways."""
    return "secret" if method in SECRET_METHODS else method


def _columns(given: Metadata) -> dict[str, str]:
    """The members of App that `given` decides."""
    return {
        "name": given.name,
        "client_kind": given.kind,
        "auth_method": given.auth_method,
        "home_url": given.home_url,
        "privacy_policy_url": given.privacy_policy_url,
        "terms_url": given.terms_url,
    }


def _complete(
    session: Session,
    app: App,
    given: Metadata,
    *,
    token_digest: bytes | None = None,
    fresh_until: datetime | None = None,
) -> None:
    """What belongs to a new app, and the word to the rooms above."""
    known_by = {"app_id": app.id, "token_digest": token_digest, "fresh_until": fresh_until, "used_at": app.created_at}
    session.execute(insert(ClientRegistration), known_by)
    services.write_redirect_uris(session, app.id, given.redirect_uris)
    version = _write_version(session, app, given)
    signals.app_registered.send(app, session=session, actor=actor.app(app.client_id), version=version)
    keys.tell(session, app, actor.app(app.client_id))


def _write_version(session: Session, app: App, given: Metadata) -> AppVersion:
    asked = [Asked(name) for name in sorted(given.scopes)]
    return versions.write_version(session, app, asked, {})


def _change(session: Session, app: App, given: Metadata) -> None:
    """Write what is other than before, and tell of it; nothing where nothing is."""
    changed = [name for name, value in _columns(given).items() if getattr(app, name) != value]
    for name in changed:
        setattr(app, name, _columns(given)[name])
    before = set(session.scalars(select(RedirectUri.uri).where(RedirectUri.app_id == app.id)))
    if before != set(given.redirect_uris):
        session.execute(delete(RedirectUri).where(RedirectUri.app_id == app.id))
        services.write_redirect_uris(session, app.id, given.redirect_uris)
        changed.append("redirect_uris")
    keys_before = keys.names(app)
    keys.write(app, given.keys)
    if changed:
        app.updated_at = clock.now()
        session.flush()
        signals.app_changed.send(app, session=session, actor=actor.app(app.client_id), fields=changed)
    keys.tell(session, app, actor.app(app.client_id), keys_before)
    newest = rows.newest_version(session, app.id)
    if newest is None or set(rows.requested(session, newest.id)) != given.scopes:
        version = _write_version(session, app, given)
        signals.app_version_added.send(app, session=session, actor=actor.app(app.client_id), version=version)
