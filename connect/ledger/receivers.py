"""What the ledger writes down of the rooms below it: acts on apps, on their secrets, on accounts and people, each in the act's
transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from blinker import NamedSignal
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from apps_registry import signals as registry
from apps_registry.keys import KeyName
from apps_registry.models import App, AppSecret, AppVersion, RedirectUri, RequestedScope, Review
from connect.accounts import signals as accounts
from connect.accounts.models import Account, Membership, Person
from connect.core import clock, ids
from connect.core.actor import Actor
from connect.ledger import acts, upkeep
from connect.ledger.entries import text_id
from connect.ledger.services import append


def register() -> None:
    """Connect the receivers below; doing it twice changes nothing."""
    for signal, receiver in RECEIVERS:
        signal.connect(receiver)


def write_registered(app: App, *, session: Session, actor: Actor, version: AppVersion) -> None:
    _app(session, app, actor, "registered", redirect_uris=_uris(session, app), **_version(session, version))


def write_changed(app: App, *, session: Session, actor: Actor, fields: Iterable[str]) -> None:
    _app(session, app, actor, "changed", changed=sorted(fields), redirect_uris=_uris(session, app))


def write_moved(app: App, *, session: Session, actor: Actor, before: str, move: str) -> None:
    _app(session, app, actor, "moved", state_before=before, reason=move)


def write_version_added(app: App, *, session: Session, actor: Actor, version: AppVersion) -> None:
    _app(session, app, actor, "version_added", **_version(session, version))


def write_submitted(app: App, *, session: Session, actor: Actor, version: AppVersion) -> None:
    _app(session, app, actor, "submitted", **_version(session, version))


def write_reviewed(app: App, *, session: Session, actor: Actor, version: AppVersion, review: Review) -> None:
    said = {"decision": review.decision, "reviewer": actor.as_text(), "reason": review.comment or None}
    _app(session, app, actor, "reviewed", **said, **_version(session, version))


def write_published(app: App, *, session: Session, actor: Actor, version: AppVersion) -> None:
    _app(session, app, actor, "published", **_version(session, version))


def write_suspended(app: App, *, session: Session, actor: Actor, reason: str) -> None:
    _app(session, app, actor, "suspended", state_before=app.suspended_from, reason=reason)


def write_reinstated(app: App, *, session: Session, actor: Actor, reason: str) -> None:
    _app(session, app, actor, "reinstated", state_before="suspended", reason=reason or None)


def write_retired(app: App, *, session: Session, actor: Actor, reason: str) -> None:
    _app(session, app, actor, "retired", reason=reason or None)


def write_removed(app: App, *, session: Session, actor: Actor) -> None:
    _app(session, app, actor, "removed")


def write_secret_made(app: App, *, session: Session, actor: Actor, secret: AppSecret) -> None:
    _secret(session, app, actor, "made", secret)


def write_secret_rotated(app: App, *, session: Session, actor: Actor, secret: AppSecret) -> None:
    _secret(session, app, actor, "rotated", secret)


def write_secret_ended(app: App, *, session: Session, actor: Actor, secret: AppSecret) -> None:
    _secret(session, app, actor, "ended", secret)


def write_keys_changed(
    app: App, *, session: Session, actor: Actor, made: Iterable[KeyName], ended: Iterable[KeyName]
) -> None:
    for event, names in (("made", made), ("ended", ended)):
        for name in names:
            _credential(session, app, actor, event, secret_id=name.id, hint=name.hint, kind=name.kind)


def write_account_added(account: Account, *, session: Session, actor: Actor) -> None:
    """Its settings, without its name: many a business bears a person's."""
    settings = {name: [None, getattr(account, name)] for name in ("kind", "state", "timezone", "region")}
    draft = upkeep.config(
        event="account_added",
        actor=actor.as_text(),
        changes=settings,
        account_id=account.id,
        person_id=actor.id,
    )
    append(session, draft)


def write_person_added(person: Person, *, session: Session, actor: Actor) -> None:
    _person(session, person, actor, "added")


def write_person_closed(person: Person, *, session: Session, actor: Actor) -> None:
    _person(session, person, actor, "closed")


def write_role_given(person: Person, *, session: Session, actor: Actor, membership: Membership) -> None:
    _person(session, person, actor, "role_given", **_role(membership))


def write_role_taken(person: Person, *, session: Session, actor: Actor, membership: Membership) -> None:
    _person(session, person, actor, "role_taken", **_role(membership))


def write_profile_changed(person: Person, *, session: Session, actor: Actor, fields: Iterable[str]) -> None:
    _person(session, person, actor, "changed", changed=sorted(fields))


def write_password_set(person: Person, *, session: Session, actor: Actor) -> None:
    _person(session, person, actor, "password_set")


def write_signed_out_everywhere(person: Person, *, session: Session, actor: Actor, count: int) -> None:
    _person(session, person, actor, "signed_out_everywhere", count=count)


def write_staff_sign_in(person: Person, *, session: Session, actor: Actor, sign_in: Any, step_up: bool) -> None:
    """Only of the vendor's staff: what they may see and do reaches every account."""
    staff = exists().where(
        Membership.person_id == person.id, Membership.account_id.is_(None), Membership.team_id.is_(None)
    )
    if session.scalar(select(staff)):
        _person(session, person, actor, "staff_confirmed" if step_up else "staff_signed_in")


RECEIVERS: tuple[tuple[NamedSignal, Any], ...] = (
    (registry.app_registered, write_registered),
    (registry.app_changed, write_changed),
    (registry.app_moved, write_moved),
    (registry.app_version_added, write_version_added),
    (registry.version_submitted, write_submitted),
    (registry.version_reviewed, write_reviewed),
    (registry.version_published, write_published),
    (registry.app_suspended, write_suspended),
    (registry.app_reinstated, write_reinstated),
    (registry.app_retired, write_retired),
    (registry.app_removed, write_removed),
    (registry.keys_changed, write_keys_changed),
    (registry.secret_made, write_secret_made),
    (registry.secret_rotated, write_secret_rotated),
    (registry.secret_ended, write_secret_ended),
    (accounts.account_added, write_account_added),
    (accounts.person_added, write_person_added),
    (accounts.person_closed, write_person_closed),
    (accounts.role_given, write_role_given),
    (accounts.role_taken, write_role_taken),
    (accounts.profile_changed, write_profile_changed),
    (accounts.password_set, write_password_set),
    (accounts.signed_out_everywhere, write_signed_out_everywhere),
    (accounts.signed_in, write_staff_sign_in),
)


def _app(session: Session, app: App, actor: Actor, event: str, **members: Any) -> None:
    append(
        session,
        acts.app(
            app_id=app.id,
            event=event,
            actor=actor.as_text(),
            person_id=actor.id,
            account_id=app.owner_account_id,
            state=app.state,
            client_id=app.client_id,
            client_kind=app.client_kind,
            name=app.name,
            team=text_id("team", app.team_id),
            origin=app.origin,
            policy_hash=app.policy_hash,
            **members,
        ),
    )


def _secret(session: Session, app: App, actor: Actor, event: str, secret: AppSecret) -> None:
    until = clock.text(secret.expires_at) if secret.expires_at else None
    _credential(session, app, actor, event, secret_id=ids.encode("sec", secret.id), hint=secret.hint, expires_at=until)


def _credential(session: Session, app: App, actor: Actor, event: str, **said: Any) -> None:
    append(session, acts.secret(app_id=app.id, event=event, actor=actor.as_text(), person_id=actor.id, **said))


def _person(session: Session, person: Person, actor: Actor, event: str, **members: Any) -> None:
    append(session, acts.profile(person_id=person.id, event=event, actor=actor.as_text(), **members))


def _role(membership: Membership) -> dict[str, Any]:
    return {
        "account_id": membership.account_id,
        "team": text_id("team", membership.team_id),
        "role": membership.role,
        "until": clock.text(membership.until) if membership.until else None,
    }


def _version(session: Session, version: AppVersion) -> dict[str, Any]:
    asked = session.execute(
        select(RequestedScope.scope, RequestedScope.required)
        .where(RequestedScope.app_version_id == version.id)
        .order_by(RequestedScope.scope)
    ).all()
    return {
        "version": ids.encode("ver", version.id),
        "version_number": version.number,
        "version_state": version.state,
        "required": [row.scope for row in asked if row.required],
        "optional": [row.scope for row in asked if not row.required],
        "default_terms": version.default_terms,
    }


def _uris(session: Session, app: App) -> list[str]:
    return sorted(session.scalars(select(RedirectUri.uri).where(RedirectUri.app_id == app.id)))
