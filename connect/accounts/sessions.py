"""Signed-in browsers. The cookie holds a random value, the row its SHA-256; both change at sign-in and at step-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, or_, select, update
from sqlalchemy.orm import Session

from apps_registry.models import DeveloperTeam
from connect.accounts import signals
from connect.accounts.held import in_force
from connect.accounts.models import Account, Membership, Person, SignInSession
from connect.accounts.person import CurrentPerson, Seat
from connect.core import actor as actors
from connect.core import clock, database, ids, settings
from connect.core.actor import Actor

PREFIX = "vtn"
_SEEN_EVERY = timedelta(minutes=5)
_KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True)
class SessionLine:
    """A live session as its person sees it."""

    id: UUID
    address: str
    agent: str
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def start(session: Session, person_id: UUID, address: str, agent: str) -> str:
    """Begin a session for somebody who just proved who they are; the value for the cookie.

    A person with a role in one account works in it from the start; with several they choose.
    """
    token, now = ids.token(PREFIX), clock.now()
    accounts = list(session.scalars(_account_ids(person_id)))
    made = SignInSession(
        id=ids.new(),
        digest=ids.digest(token),
        person_id=person_id,
        account_id=accounts[0] if len(accounts) == 1 else None,
        authenticated_at=now,
        last_seen_at=now,
        expires_at=now + settings.current().session_absolute,
        ended_at=None,
        address=address[:64],
        agent=agent[:200],
    )
    session.add(made)
    session.flush()
    _send_signed_in(session, made, step_up=False)
    return token


def step_up(session: Session, session_id: UUID) -> str:
    """The same session after its person proved who they are once more: fresh, and with another value for the cookie."""
    token = ids.token(PREFIX)
    row = session.get_one(SignInSession, session_id)
    row.digest, row.authenticated_at = ids.digest(token), clock.now()
    session.flush()
    _send_signed_in(session, row, step_up=True)
    return token


def choose_account(session: Session, session_id: UUID, account_id: UUID | None) -> None:
    """Work in another account. The caller has checked that the person has a role there."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(account_id=account_id))


def load(token: str) -> CurrentPerson | None:
    """Who the cookie's value stands for, with their roles; None when the session ended, idled out or never was. One statement."""
    with database.read() as connection:
        rows = connection.execute(_current(ids.digest(token))).all()
    return _person(rows) if rows else None


def touch(session: Session, session_id: UUID) -> None:
    """Note that the session is in use, to the nearest five minutes."""
    now = clock.now()
    stale = SignInSession.last_seen_at < now - _SEEN_EVERY
    session.execute(update(SignInSession).where(SignInSession.id == session_id, stale).values(last_seen_at=now))


def needs_touch(last_seen_at: datetime) -> bool:
    """Whether `touch` would write."""
    return last_seen_at < clock.now() - _SEEN_EVERY


def end(session: Session, person_id: UUID, session_id: UUID) -> bool:
    """End one session of a person; whether it was live."""
    return bool(_end(session, person_id, SignInSession.id == session_id))


def end_all(session: Session, person_id: UUID, actor: Actor | None = None) -> int:
    """End every session of a person; returns how many. `actor` is who wants it, the person themselves by default."""
    ended = _end(session, person_id)
    if ended:
        person, who = session.get_one(Person, person_id), actor or actors.person(person_id)
        signals.signed_out_everywhere.send(person, session=session, actor=who, count=ended)
    return ended


def of_person(person_id: UUID) -> Sequence[SessionLine]:
    """A person's live sessions, last seen first."""
    columns = [getattr(SignInSession, name) for name in SessionLine.__dataclass_fields__]
    query = select(*columns).where(SignInSession.person_id == person_id, *_live())
    with database.read() as connection:
        rows = connection.execute(query.order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc()))
        return [SessionLine(**row._mapping) for row in rows]


def purge(session: Session, limit: int) -> int:
    """Delete sessions that ended thirty days ago or longer; returns how many."""
    before = clock.now() - _KEPT_AFTER_END
    over = or_(SignInSession.expires_at < before, SignInSession.ended_at < before)
    old = session.scalars(select(SignInSession.id).where(over).limit(limit)).all()
    session.execute(delete(SignInSession).where(SignInSession.id.in_(old)))
    return len(old)


def _send_signed_in(session: Session, row: SignInSession, *, step_up: bool) -> None:
    person = session.get_one(Person, row.person_id)
    actor = actors.person(person.id)
    signals.signed_in.send(person, session=session, actor=actor, sign_in=row, step_up=step_up)


def _account_ids(person_id: UUID) -> Select[UUID]:
    held = Membership.person_id == person_id, in_force()
    query = select(Membership.account_id).join(Account, Account.id == Membership.account_id)
    return query.where(*held, Account.state == "active").distinct()  # type: ignore[return-value]


def _live() -> tuple[Any, ...]:
    now = clock.now()
    return (
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > now,
        SignInSession.last_seen_at > now - settings.current().session_idle,
    )


def _end(session: Session, person_id: UUID, *which: Any) -> int:
    live = update(SignInSession).where(SignInSession.person_id == person_id, SignInSession.ended_at.is_(None), *which)
    return len(session.scalars(live.values(ended_at=clock.now()).returning(SignInSession.id)).all())


def _current(digest: bytes) -> Select[*tuple[Any, ...]]:
    """The session, its person, and a row for each role they hold."""
    return (
        select(
            SignInSession.id.label("session_id"),
            SignInSession.account_id.label("chosen"),
            SignInSession.authenticated_at,
            SignInSession.last_seen_at,
            Person.id,
            Person.email,
            Person.name,
            Membership.id.label("seat_id"),
            Membership.role,
            Membership.account_id,
            Membership.team_id,
            Membership.until,
            Account.name.label("account_name"),
            Account.state.label("account_state"),
            DeveloperTeam.name.label("team_name"),
        )
        .join(Person, Person.id == SignInSession.person_id)
        .outerjoin(Membership, (Membership.person_id == Person.id) & in_force())
        .outerjoin(Account, Account.id == Membership.account_id)
        .outerjoin(DeveloperTeam, DeveloperTeam.id == Membership.team_id)
        .where(SignInSession.digest == digest, *_live(), Person.state == "active")
        .order_by(Membership.id)
    )


def _person(rows: Sequence[Row[Any]]) -> CurrentPerson:
    first = rows[0]
    seats = tuple(_seat(row) for row in rows if row.seat_id and row.account_state in {None, "active"})
    chosen = first.chosen if any(seat.account_id == first.chosen for seat in seats) else None
    return CurrentPerson(
        id=first.id,
        email=first.email,
        name=first.name,
        session_id=first.session_id,
        account_id=chosen,
        authenticated_at=first.authenticated_at,
        last_seen_at=first.last_seen_at,
        seats=seats,
    )


def _seat(row: Row[Any]) -> Seat:
    name = row.account_name or row.team_name or ""
    return Seat(row.seat_id, row.role, row.account_id, row.team_id, name, row.until)
