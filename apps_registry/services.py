"""Acts on an app itself: register it, change where it may be returned to, name its testers, rotate its secrets.

Versions are in versions.py, suspension and the other steps of the lifecycle in steps.py, the OAuth client in clients.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from apps_registry import details, keys, rows, secrets, signals, versions
from apps_registry.details import Registration
from apps_registry.errors import FieldError, InvalidApp, NoSuchApp, TooManySecrets
from apps_registry.kinds import SECRET_METHODS
from apps_registry.lifecycle import State
from apps_registry.models import App, AppSecret, AppTester, AppVersion, DeveloperTeam, RedirectUri
from connect.core import clock, ids, settings
from connect.core.actor import Actor

MOST_TESTERS = 5
LONGEST_OVERLAP = timedelta(hours=168)
_LIVE_AT_ONCE = 2
_USE_NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Registered:
    """A new app with its first version; `secret` is in clear here and nowhere else, None for a client that has none."""

    app: App
    version: AppVersion
    secret: str | None


@dataclass(frozen=True)
class NewSecret:
    """A secret in clear, shown once; `older_until` is when the one before it ends, None where there was none."""

    secret: str
    row: AppSecret
    older_until: datetime | None


def add_team(session: Session, name: str, legal_name: str = "") -> DeveloperTeam:
    """A developer team. Raises InvalidApp when the name is empty or taken."""
    name = name.strip()
    if not name or session.scalar(select(DeveloperTeam.id).where(func.lower(DeveloperTeam.name) == name.lower())):
        raise InvalidApp(FieldError("team", _("Choose a team name that is not taken.")))
    team = DeveloperTeam(id=ids.new(), name=name, legal_name=legal_name.strip() or name, created_at=clock.now())
    session.add(team)
    session.flush()
    return team


def register(session: Session, team_id: UUID, registration: Registration, actor: Actor) -> Registered:
    """A new app as a draft (private where it has an owner account), its first version, its first secret or its keys.

    Raises InvalidApp.
    """
    details.check(registration)
    app = _new_app(team_id, registration)
    session.add(app)
    session.flush()
    write_redirect_uris(session, app.id, registration.redirect_uris)
    version = versions.write_version(session, app, registration.asked, registration.default_terms)
    signals.app_registered.send(app, session=session, actor=actor, version=version)
    keys.tell(session, app, actor)
    if app.auth_method not in SECRET_METHODS:
        return Registered(app, version, None)
    made = write_secret(session, app.id)
    signals.secret_made.send(app, session=session, actor=actor, secret=made.row)
    return Registered(app, version, made.secret)


def set_redirect_uris(session: Session, app_id: UUID, uris: Sequence[str], actor: Actor) -> App:
    """Replace the app's redirect URIs. Raises InvalidApp with the rule that each wrong one breaks."""
    app = rows.locked_app(session, app_id)
    return _replace_redirect_uris(session, app, uris, actor)


def add_redirect_uri(session: Session, app_id: UUID, uri: str, actor: Actor) -> App:
    """One more redirect URI. Raises InvalidApp with the rule that it breaks."""
    app = rows.locked_app(session, app_id)
    return _replace_redirect_uris(session, app, [*_redirect_uris(session, app.id), uri], actor)


def remove_redirect_uri(session: Session, app_id: UUID, uri: str, actor: Actor) -> App:
    """One redirect URI less; one that is not there changes nothing. Raises InvalidApp for the last one."""
    app = rows.locked_app(session, app_id)
    known = _redirect_uris(session, app.id)
    return _replace_redirect_uris(session, app, [each for each in known if each != uri], actor) if uri in known else app


def add_tester(session: Session, app_id: UUID, account_id: UUID, actor: Actor) -> App:
    """Let an account connect the app while it is a draft, tested or in its first review; at most five. Naming one twice is one."""
    app = rows.locked_app(session, app_id)
    named = set(session.scalars(select(AppTester.account_id).where(AppTester.app_id == app.id)))
    if account_id in named:
        return app
    if len(named) >= MOST_TESTERS:
        raise InvalidApp(
            FieldError("account", _("An app may have %(n)d testers at most; remove one first.", n=MOST_TESTERS))
        )
    session.add(AppTester(app_id=app.id, account_id=account_id))
    return _changed(session, app, actor, "testers")


def remove_tester(session: Session, app_id: UUID, account_id: UUID, actor: Actor) -> App:
    """Take an account off the testers; one that is not among them changes nothing.

    The tester's row goes before the app is locked: the condition of a disclosure takes them in that order (clients.open_to, held).
    """
    named = delete(AppTester).where(AppTester.app_id == app_id, AppTester.account_id == account_id)
    gone = session.scalar(named.returning(AppTester.account_id))
    app = rows.locked_app(session, app_id)
    return _changed(session, app, actor, "testers") if gone else app


def rotate_secret(
    session: Session, app_id: UUID, actor: Actor, overlap: timedelta | None = None, *, force: bool = False
) -> NewSecret:
    """Make a new secret; the one before it lives for `overlap` longer (default: setting secret_overlap, at most 168 hours).

    Raises TooManySecrets while two are live; `force` ends the older of them at once. Raises InvalidApp for a client without secrets.
    """
    overlap = settings.current().secret_overlap if overlap is None else overlap
    app = rows.locked_app(session, app_id)
    if app.auth_method not in SECRET_METHODS:
        raise InvalidApp(
            FieldError(
                "auth_method", _("This app has no secret: it authenticates by %(method)s.", method=app.auth_method)
            )
        )
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise InvalidApp(FieldError("overlap", _("Choose an overlap from 0 to 168 hours.")))
    live = _make_room(_live_secrets(session, app.id), force)
    ends = _shorten(live, clock.now() + overlap)
    made = write_secret(session, app.id)
    signals.secret_rotated.send(app, session=session, actor=actor, secret=made.row)
    return NewSecret(made.secret, made.row, ends)


def end_secret(session: Session, app_id: UUID, secret_id: UUID, actor: Actor) -> AppSecret:
    """End a secret at once; one that has ended stays as it was. Raises NoSuchApp when the app has no such secret."""
    app = rows.locked_app(session, app_id)
    secret = session.get(AppSecret, secret_id)
    if secret is None or secret.app_id != app.id:
        raise NoSuchApp("secret")
    if secret.expires_at is None or secret.expires_at > clock.now():
        secret.expires_at = clock.now()
        signals.secret_ended.send(app, session=session, actor=actor, secret=secret)
    return secret


def note_secret_use(session: Session, secret_id: UUID) -> None:
    """Remember that a secret was used, to the nearest ten minutes: a write for each token request would say no more."""
    stale = or_(AppSecret.last_used_at.is_(None), AppSecret.last_used_at < clock.now() - _USE_NOTED_EVERY)
    session.execute(update(AppSecret).where(AppSecret.id == secret_id, stale).values(last_used_at=clock.now()))


def _new_app(team_id: UUID, given: Registration) -> App:
    app_id, now = ids.new(), clock.now()
    app = App(
        id=app_id,
        client_id=ids.encode("app", app_id),  # never starts https://, which is how a metadata document is named
        team_id=team_id,
        owner_account_id=given.owner_account_id,
        name=given.name.strip(),
        legal_developer=given.legal_developer.strip(),
        description=given.description.strip(),
        home_url=given.home_url,
        privacy_policy_url=given.privacy_policy_url,
        terms_url=given.terms_url,
        support_email=given.support_email,
        connect_url=given.connect_url,
        client_kind=given.kind,
        auth_method=given.method,
        profile=given.profile,
        state=(State.DRAFT if given.owner_account_id is None else State.PRIVATE).value,
        retention_days=given.retention_days,
        created_at=now,
        updated_at=now,
    )
    keys.write(app, given.keys)
    return app


def _replace_redirect_uris(session: Session, app: App, uris: Sequence[str], actor: Actor) -> App:
    details.raise_if(details.redirect_errors(tuple(uris), app.client_kind))
    session.execute(delete(RedirectUri).where(RedirectUri.app_id == app.id))
    write_redirect_uris(session, app.id, uris)
    return _changed(session, app, actor, "redirect_uris")


def _redirect_uris(session: Session, app_id: UUID) -> list[str]:
    return list(session.scalars(select(RedirectUri.uri).where(RedirectUri.app_id == app_id)))


def write_redirect_uris(session: Session, app_id: UUID, uris: Sequence[str]) -> None:
    """The rows of redirect URIs that were checked."""
    if uris:
        session.execute(insert(RedirectUri), [{"app_id": app_id, "uri": uri} for uri in uris])


def _changed(session: Session, app: App, actor: Actor, *names: str) -> App:
    app.updated_at = clock.now()
    session.flush()
    signals.app_changed.send(app, session=session, actor=actor, fields=names)
    return app


def _live_secrets(session: Session, app_id: UUID) -> list[AppSecret]:
    """Oldest first."""
    live = or_(AppSecret.expires_at.is_(None), AppSecret.expires_at > clock.now())
    return list(session.scalars(select(AppSecret).where(AppSecret.app_id == app_id, live).order_by(AppSecret.id)))


def _make_room(live: list[AppSecret], force: bool) -> list[AppSecret]:
    if len(live) < _LIVE_AT_ONCE:
        return live
    if not force:
        raise TooManySecrets(live[0].expires_at)
    _shorten(live[:-1], clock.now())
    return live[-1:]


def _shorten(live: list[AppSecret], end: datetime) -> datetime | None:
    """Let each end at `end`, or earlier where it does already; the latest of the ends."""
    for secret in live:
        secret.expires_at = min(secret.expires_at or end, end)
    return max((secret.expires_at for secret in live if secret.expires_at), default=None)


def write_secret(session: Session, app_id: UUID) -> NewSecret:
    """A new secret's row."""
    secret = secrets.make()
    row = AppSecret(
        id=ids.new(),
        app_id=app_id,
        digest=secrets.digest(secret),
        hint=secrets.hint(secret),
        created_at=clock.now(),
        expires_at=None,
        last_used_at=None,
    )
    session.add(row)
    session.flush()
    return NewSecret(secret, row, None)
