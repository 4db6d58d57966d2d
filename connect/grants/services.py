"""Acts on a grant: give, narrow, ask, confirm, pause, resume, revoke, expire. Each is one version, one ledger entry, one signal, in one
transaction.

Only a person on the consent page gives or widens a grant (P1); commands and jobs can only take away. Each act of a person raises
RoleTooLow where their roles do not reach (permission.py).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from blinker import NamedSignal
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connect.accounts.held import rights_in
from connect.accounts.roles import Right
from connect.core import actor as actors
from connect.core import clock, database, ids, settings
from connect.core.actor import Actor
from connect.grants import record, signals
from connect.grants.errors import GrantEnded, GrantMoved, NoSuchGrant, NothingGranted, PersonNeeded, TermsTooWide
from connect.grants.models import BY_APP, LIVE, Grant, GrantRefusal
from connect.grants.permission import check_giving, check_right, check_within
from connect.grants.record import Act, Snapshot
from connect.grants.standing import NOT_ENDED, state_at
from connect.scopes.errors import TermsError
from connect.scopes.rights import check_terms
from connect.scopes.scopes import OFFLINE_ACCESS, TIER_RULES, highest_tier
from connect.scopes.terms import Terms


@dataclass(frozen=True)
class Consent:
    """What a person decided on the consent page, and what the page said when they did."""

    account_id: UUID
    app_id: UUID
    app_version_id: UUID
    person_id: UUID
    granted: frozenset[str]
    refused: frozenset[str]
    terms: Terms
    catalogue_version: str
    notice_hash: str
    policy_hash: str | None
    purposes: dict[str, str]
    authenticated_at: datetime
    expected_version: int  # of the live grant the page showed, 0 where it showed none


def give(session: Session, consent: Consent) -> Grant:
    """Record a consent: a new grant, or the next version of the live one.

    Raises NothingGranted, TermsTooWide, RoleTooLow, and GrantMoved when another person changed the grant since the page was shown.
    """
    _check(consent)
    check_giving(session, consent.account_id, consent.person_id, consent.granted)
    grant = _still_live(session, live_of_app(session, consent.account_id, consent.app_id))
    if (grant.version if grant else 0) != consent.expected_version:
        raise GrantMoved("the grant was changed since this page was shown")
    act = Act(
        event="changed" if grant else "given",
        actor=actors.person(consent.person_id),
        notice_hash=consent.notice_hash,
        policy_hash=consent.policy_hash,
        purposes=consent.purposes,
        authenticated_at=consent.authenticated_at,
    )
    before = record.snapshot(grant)
    grant = grant or _new(consent)
    grant.scopes, grant.refused = sorted(consent.granted), sorted(consent.refused)
    grant.terms, grant.expires_at = consent.terms.to_json(), consent.terms.expires_at
    grant.catalogue_version, grant.app_version_id = consent.catalogue_version, consent.app_version_id
    grant.state = "active"
    _stands_behind(grant, consent.person_id)
    if before is None:
        _insert(session, grant)
    return _write(session, grant, before, act, signals.grant_changed if before else signals.grant_given)


def refuse(session: Session, account_id: UUID, app_id: UUID, person_id: UUID, scopes: frozenset[str]) -> GrantRefusal:
    """Record that a person declined everything. A live grant of that app stands as it was."""
    check_right(session, account_id, actors.person(person_id), Right.ASK)
    refusal = GrantRefusal(
        account_id=account_id, id=ids.new(), app_id=app_id, scopes=sorted(scopes), person_id=person_id, at=clock.now()
    )
    refusal.entry_id = record.write_refusal(session, refusal)
    session.add(refusal)
    return refusal


def narrow(
    session: Session, account_id: UUID, grant_id: UUID, actor: Actor, scopes: frozenset[str], terms: Terms
) -> Grant:
    """Take scopes away or tighten terms; what is wider than today raises TermsTooWide, what is the same changes nothing."""
    check_right(session, account_id, actor, Right.CHANGE_GRANTS)
    grant = _live(session, account_id, grant_id)
    before = record.snapshot(grant)
    if sorted(scopes) == grant.scopes and terms.to_json() == grant.terms:
        return grant
    if not scopes <= frozenset(grant.scopes) or not terms.within(Terms.from_json(grant.terms)):
        raise TermsTooWide("a grant can be widened on the consent page only")
    if not scopes - {OFFLINE_ACCESS} or terms.expires_at <= clock.now():
        raise NothingGranted("to take everything away, disconnect the app")
    grant.refused = sorted(frozenset(grant.refused) | (frozenset(grant.scopes) - scopes))
    grant.scopes, grant.terms, grant.expires_at = sorted(scopes), terms.to_json(), terms.expires_at
    return _write(session, grant, before, Act("narrowed", actor), signals.grant_narrowed)


def ask(session: Session, grant: Grant, by: datetime) -> Grant:
    """Have somebody of the account confirm `grant`, which the caller has locked, until `by`; what it allows stays as it is."""
    before = record.snapshot(grant)
    grant.confirm_by = by
    reason = f"whoever stands behind it may not give it any more; to be confirmed by {clock.text(by)}"
    return _write(session, grant, before, Act("asked", actors.SYSTEM, reason=reason), signals.grant_confirmation_asked)


def confirm(session: Session, account_id: UUID, grant_id: UUID, actor: Actor) -> Grant:
    """Stand behind a grant that the account was asked about; where nothing is asked, nothing changes.

    Raises PersonNeeded for any other actor, and RoleTooLow for a person who may not give what the grant allows.
    """
    if actor.id is None:
        raise PersonNeeded("only a person of the account can confirm a grant")
    rights = rights_in(session, actor.id, account_id)  # before the grant is locked (R11)
    grant = _live(session, account_id, grant_id)
    if grant.confirm_by is None:
        return grant
    check_within(rights, grant.scopes)
    return answered(session, grant, Act("confirmed", actor))


def answered(session: Session, grant: Grant, act: Act) -> Grant:
    """What was asked about `grant`, which the caller has locked, is answered: by a person, or because who gave it may again."""
    before = record.snapshot(grant)
    _stands_behind(grant, act.actor.id or grant.backer)
    return _write(session, grant, before, act, signals.grant_confirmed)


def pause(session: Session, account_id: UUID, grant_id: UUID, actor: Actor, reason: str = "") -> Grant:
    """Stop reads without ending the grant; to pause a paused grant changes nothing."""
    return _move(session, account_id, grant_id, Act("paused", actor, reason=reason), "paused", signals.grant_paused)


def resume(session: Session, account_id: UUID, grant_id: UUID, actor: Actor) -> Grant:
    """Let a paused grant read again, and confirm it where that is asked. Raises PersonNeeded for any other actor."""
    if actor.kind != "person":
        raise PersonNeeded("only a person of the account can resume a grant")
    confirm(session, account_id, grant_id, actor)
    return _move(session, account_id, grant_id, Act("resumed", actor), "active", signals.grant_resumed)


def revoke(session: Session, account_id: UUID, grant_id: UUID, actor: Actor, reason: str = "") -> Grant:
    """End the grant; effective at the next statement of anybody. Raises GrantEnded when it had ended already."""
    return _move(session, account_id, grant_id, Act("revoked", actor, reason=reason), "revoked", signals.grant_revoked)


def give_up(session: Session, app_id: UUID, client_id: str, grant_id: UUID) -> None:
    """An app ends a grant of its own; one that has ended stays as it is. Raises NoSuchGrant."""
    account_id = session.scalar(select(Grant.account_id).where(Grant.app_id == app_id, Grant.id == grant_id))
    if account_id is None:
        raise NoSuchGrant("no grant of that id is this app's")
    with suppress(GrantEnded):
        revoke(session, account_id, grant_id, actors.app(client_id), BY_APP)


def expire_due(session: Session, limit: int = 500) -> int:
    """End grants whose time is over; returns how many. Reads refuse them by `expires_at` already; this writes it down."""
    due = select(Grant).where(NOT_ENDED, Grant.expires_at <= clock.now()).order_by(Grant.expires_at).limit(limit)
    grants = session.scalars(for_update(due, skip_locked=True)).all()
    for grant in grants:
        _expire(session, grant)
    return len(grants)


def longest_life(scopes: frozenset[str]) -> timedelta:
    """How long a grant of these scopes may last."""
    tier, config = highest_tier(scopes), settings.current()
    most_days = TIER_RULES[tier].most_days if tier is not None else None
    return min(config.grant_longest_life, timedelta(days=most_days)) if most_days else config.grant_longest_life


def live_of_app(session: Session, account_id: UUID, app_id: UUID) -> Grant | None:
    """The live grant of an account to an app, locked until the transaction ends."""
    return session.scalar(
        for_update(select(Grant).where(Grant.account_id == account_id, Grant.app_id == app_id, NOT_ENDED))
    )


def _stands_behind(grant: Grant, person_id: UUID) -> None:
    grant.taken_over_by = None if person_id == grant.given_by else person_id
    grant.confirm_by = None


def _still_live(session: Session, grant: Grant | None) -> Grant | None:
    """A grant whose time is over ends now, so that a new consent makes a new one and nothing of the old one works again."""
    if grant is None or grant.expires_at > clock.now():
        return grant
    _expire(session, grant)
    return None


def _expire(session: Session, grant: Grant) -> None:
    before = record.snapshot(grant)
    grant.state = "expired"
    _write(session, grant, before, Act("expired", actors.SYSTEM), signals.grant_expired)


def _move(session: Session, account_id: UUID, grant_id: UUID, act: Act, state: str, signal: NamedSignal) -> Grant:
    check_right(session, account_id, act.actor, Right.CHANGE_GRANTS)
    grant = _live(session, account_id, grant_id)
    if grant.state == state:
        return grant
    before = record.snapshot(grant)
    grant.state = state
    return _write(session, grant, before, act, signal)


def _live(session: Session, account_id: UUID, grant_id: UUID) -> Grant:
    grant = session.scalar(for_update(select(Grant).where(Grant.account_id == account_id, Grant.id == grant_id)))
    if grant is None:
        raise NoSuchGrant("no grant of that id in this account")
    state = state_at(grant.state, grant.expires_at, clock.now())
    if state not in LIVE:
        raise GrantEnded(f"this grant has ended ({state})")
    return grant


def _write(session: Session, grant: Grant, before: Snapshot | None, act: Act, signal: NamedSignal) -> Grant:
    grant.version = before.version + 1 if before else 1
    grant.changed_at = clock.now()
    if grant.state not in LIVE:
        grant.ended_at, grant.end_reason = grant.changed_at, act.reason or act.event
    session.flush()
    signal.send(grant, session=session, version=record.write(session, grant, before, act))
    return grant


def _insert(session: Session, grant: Grant) -> None:
    """The partial unique index keeps one live grant: of two tabs at once one is faster."""
    grant.version = 0
    try:
        with database.savepoint(session):
            session.add(grant)
    except IntegrityError as error:
        raise GrantMoved("the app was connected since this page was shown") from error


def _new(consent: Consent) -> Grant:
    now = clock.now()
    return Grant(
        account_id=consent.account_id,
        id=ids.new(),
        app_id=consent.app_id,
        given_by=consent.person_id,
        given_at=now,
        changed_at=now,
    )


def _check(consent: Consent) -> None:
    if not consent.granted - {OFFLINE_ACCESS}:
        raise NothingGranted("nothing was allowed, so there is nothing to grant")
    now, longest = clock.now(), longest_life(consent.granted)
    try:
        check_terms(consent.granted, consent.terms, now)
    except TermsError as error:
        raise TermsTooWide(str(error)) from error
    if not now < consent.terms.expires_at <= now + longest:
        raise TermsTooWide(f"the end of the grant must lie within the next {longest.days} days")


def for_update(statement: Select[Grant], skip_locked: bool = False) -> Select[Grant]:
    """Locked until the transaction ends, as it stands now, whatever the session has read before. SQLite has one writer anyway."""
    return statement.with_for_update(skip_locked=skip_locked, key_share=True).execution_options(populate_existing=True)
