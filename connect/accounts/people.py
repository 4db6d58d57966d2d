"""People: who they are, which roles they have, how they get and prove a password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from apps_registry.models import DeveloperTeam
from connect.accounts import passwords, sessions, signals
from connect.accounts.errors import InvalidPerson, InvalidRole, LinkEnded, NotFound
from connect.accounts.models import Account, Membership, OneTimeLink, Person
from connect.accounts.roles import ROLES, Place
from connect.core import actor as actors
from connect.core import clock, database, ids, settings
from connect.core.actor import Actor

PASSWORD = "password"  # noqa: S105 - the purpose of a link
LINK_PREFIX = "vtl"
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s.\x00-\x1f]+(?:\.[^@\s.\x00-\x1f]+)+")


@dataclass(frozen=True)
class LinkHolder:
    """The person a one-time link was made for; `adult`: they declared so before (P11)."""

    name: str
    email: str
    adult: bool


@dataclass(frozen=True)
class Proved:
    """Somebody who gave their right password; `new_hash` where the parameters of the old one have become weak since."""

    person_id: UUID
    new_hash: str | None


def add_person(session: Session, email: str, name: str, actor: Actor) -> Person:
    """Somebody new, without a password. Raises InvalidPerson for a malformed or taken e-mail address or an empty name."""
    email = normal_email(email)
    if by_email(session, email):
        raise InvalidPerson("email", _("Somebody with this e-mail address is here already."))
    person = Person(
        id=ids.new(), email=email, name=_name(name), password_hash=None, state="active", created_at=clock.now()
    )
    session.add(person)
    session.flush()
    signals.person_added.send(person, session=session, actor=actor)
    return person


def by_email(session: Session, email: str) -> Person | None:
    """The person with this e-mail address, in any case of letters."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def normal_email(email: str) -> str:
    """The address in the form it is kept in. Raises InvalidPerson."""
    email = email.strip().lower()
    if len(email) > 320 or not _EMAIL.fullmatch(email):
        raise InvalidPerson("email", _("Enter an e-mail address, such as asha@example.com."))
    return email


def give_role(
    session: Session,
    person_id: UUID,
    role: str,
    actor: Actor,
    *,
    account_id: UUID | None = None,
    team_id: UUID | None = None,
    until: datetime | None = None,
) -> Membership:
    """A further role of a person; giving it twice is giving it once (with the later `until`).

    Raises InvalidRole when the role is not held at that place or lacks its last day, NotFound for an unknown account or team.
    """
    _check_place(role, account_id, team_id, until)
    person = _person(session, person_id)
    _check_exists(session, account_id, team_id)
    known = _membership(session, person.id, role, account_id, team_id)
    if known is not None:
        if known.until != until:
            known.until = until
            session.flush()
            signals.role_given.send(person, session=session, actor=actor, membership=known)
        return known
    made = Membership(
        id=ids.new(),
        person_id=person.id,
        account_id=account_id,
        team_id=team_id,
        role=role,
        until=until,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    signals.role_given.send(person, session=session, actor=actor, membership=made)
    return made


def take_role(session: Session, membership_id: UUID, actor: Actor) -> None:
    """Take a role away, effective at the person's next request. Raises NotFound."""
    membership = session.get(Membership, membership_id)
    if membership is None:
        raise NotFound("membership", _("There is no such role; it may have been taken away already."))
    person = _person(session, membership.person_id)
    session.execute(delete(Membership).where(Membership.id == membership_id))
    signals.role_taken.send(person, session=session, actor=actor, membership=membership)


def take_role_at(
    session: Session,
    person_id: UUID,
    role: str,
    actor: Actor,
    *,
    account_id: UUID | None = None,
    team_id: UUID | None = None,
) -> None:
    """Take away the role that a person holds at a place. Raises NotFound when they do not hold it there."""
    held = _membership(session, person_id, role, account_id, team_id)
    if held is None:
        raise NotFound("role", _("They do not have this role there."))
    take_role(session, held.id, actor)


def close(session: Session, person_id: UUID, actor: Actor) -> None:
    """End a person's access: sessions, links and password go; the row stays, since the ledger names it."""
    person = _person(session, person_id)
    person.state, person.password_hash = "closed", None
    _end_links(session, person.id)
    sessions.end_all(session, person.id, actor)
    session.flush()
    signals.person_closed.send(person, session=session, actor=actor)


def rename(session: Session, person_id: UUID, name: str, actor: Actor) -> Person:
    """Correct a person's name (P9); the same name changes nothing. Raises InvalidPerson."""
    person, new = _person(session, person_id), _name(name)
    if new != person.name:
        person.name = new
        session.flush()
        signals.profile_changed.send(person, session=session, actor=actor, fields=("name",))
    return person


def make_link(session: Session, person_id: UUID, purpose: str = PASSWORD) -> str:
    """A token for a one-time link, shown once; links made before for the same purpose end. Life: setting one_time_link."""
    person = _person(session, person_id)
    _end_links(session, person.id, purpose)
    token = ids.token(LINK_PREFIX)
    session.add(
        OneTimeLink(
            digest=ids.digest(token),
            person_id=person.id,
            purpose=purpose,
            expires_at=clock.now() + settings.current().one_time_link,
            used_at=None,
        )
    )
    session.flush()
    return token


def link_address(token: str) -> str:
    """The address to send a person to."""
    return f"{settings.current().base_url}/sign-in/link/{token}"


def holder_of_link(token: str, purpose: str = PASSWORD) -> LinkHolder:
    """Whose link it is, without using it up. Raises LinkEnded."""
    holder = select(Person.name, Person.email, Person.adult_declared_at.is_not(None).label("adult")).join(
        OneTimeLink, OneTimeLink.person_id == Person.id
    )
    with database.read() as connection:
        row = connection.execute(holder.where(*_live_link(token, purpose))).one_or_none()
    if row is None:
        raise LinkEnded
    return LinkHolder(**row._mapping)


def set_password(session: Session, token: str, password_hash: str, *, adult: bool) -> Person:
    """Use up a link: set the password, end all sessions. `adult`: the person declared to be 18 or older (P11).

    The hash is made by the caller, before the transaction: it takes a while. Raises LinkEnded, InvalidPerson without declaration.
    """
    used = update(OneTimeLink).where(*_live_link(token, PASSWORD)).values(used_at=clock.now())
    person_id = session.scalar(used.returning(OneTimeLink.person_id))
    if person_id is None:
        raise LinkEnded
    person = _person(session, person_id)
    if not (adult or person.adult_declared_at):
        raise InvalidPerson("adult", _("VoiceTree Connect is for people of 18 years and older."))
    person.adult_declared_at = person.adult_declared_at or clock.now()
    person.password_hash = password_hash
    sessions.end_all(session, person.id)
    session.flush()
    signals.password_set.send(person, session=session, actor=actors.person(person.id))
    return person


def authenticate(email: str, password: str) -> Proved | None:
    """Whose e-mail address and password these are. One statement and one hash, whether the person exists or not."""
    known = select(Person.id, Person.password_hash).where(
        Person.email == email.strip().lower(), Person.state == "active"
    )
    with database.read() as connection:
        row = connection.execute(known).one_or_none()
    if not passwords.verify(row.password_hash if row else None, password) or row is None:
        return None
    return Proved(row.id, passwords.make_hash(password) if passwords.is_outdated(row.password_hash) else None)


def replace_hash(session: Session, proved: Proved) -> None:
    """Keep the stronger hash that `authenticate` made, if it made one."""
    if proved.new_hash:
        session.execute(update(Person).where(Person.id == proved.person_id).values(password_hash=proved.new_hash))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InvalidPerson("name", _("Enter a name of at most 200 characters."))
    return name


def _person(session: Session, person_id: UUID) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.state != "active":
        raise NotFound("person", _("There is no such person."))
    return person


def _check_place(role: str, account_id: UUID | None, team_id: UUID | None, until: datetime | None) -> None:
    if role not in ROLES:
        raise InvalidRole("role", _("Choose one of: %(roles)s.", roles=", ".join(ROLES)))
    given = {Place.ACCOUNT: account_id is not None, Place.TEAM: team_id is not None}
    place = ROLES[role].place
    if any(there != (place is where) for where, there in given.items()):
        raise InvalidRole("role", _("The role %(role)s is held with: %(place)s.", role=role, place=place.value))
    if ROLES[role].dated and (until is None or until <= clock.now()):
        raise InvalidRole("until", _("The role %(role)s needs a last day that is to come.", role=role))


def _check_exists(session: Session, account_id: UUID | None, team_id: UUID | None) -> None:
    if account_id and session.get(Account, account_id) is None:
        raise NotFound("account", _("There is no such account."))
    if team_id and session.get(DeveloperTeam, team_id) is None:
        raise NotFound("team", _("There is no such developer team."))


def _membership(
    session: Session, person_id: UUID, role: str, account_id: UUID | None, team_id: UUID | None
) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.role == role,
            Membership.account_id.is_not_distinct_from(account_id),
            Membership.team_id.is_not_distinct_from(team_id),
        )
    )


def _end_links(session: Session, person_id: UUID, *purposes: str) -> None:
    links = update(OneTimeLink).where(OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None))
    if purposes:
        links = links.where(OneTimeLink.purpose.in_(purposes))
    session.execute(links.values(used_at=clock.now()))


def _live_link(token: str, purpose: str) -> tuple[Any, ...]:
    return (
        OneTimeLink.digest == ids.digest(token),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
    )
