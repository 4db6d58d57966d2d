"""Who stands behind a grant: the person who gave, changed or confirmed it last (R13, checklist 46).

A grant is the account's: when that person leaves, or loses the role that let them give it, it goes on. Those who may give it are asked
to confirm it (setting grant_confirmation_time); where nobody does, it is paused, and whoever resumes it stands behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from apps_registry.models import App
from connect.accounts.held import addresses, in_force, rights_in
from connect.accounts.models import Account, Membership, Person
from connect.accounts.roles import Right, beyond, givers, with_right
from connect.core import actor as actors
from connect.core import clock, mail, settings
from connect.grants import services
from connect.grants.models import Grant
from connect.grants.record import Act
from connect.grants.standing import live

_backer = func.coalesce(Grant.taken_over_by, Grant.given_by)
_MAIL = "grant confirmation"


def review(session: Session, account_id: UUID, person_id: UUID) -> int:
    """Look at the grants that a person stands behind in an account, by the roles they have there now; returns how many changed.

    One that goes beyond them is asked about; what was asked is answered where it no longer does, as when the role was given back.
    """
    rights = rights_in(session, person_id, account_id)
    behind = select(Grant).where(Grant.account_id == account_id, _backer == person_id, live(clock.now()))
    asked, changed = [], 0
    for grant in session.scalars(services.for_update(behind.order_by(Grant.id))).all():
        barred = beyond(rights, grant.scopes)
        if barred and grant.confirm_by is None:
            asked.append(services.ask(session, grant, clock.now() + settings.current().grant_confirmation_time))
        elif not barred and grant.confirm_by is not None:
            services.answered(session, grant, Act("confirmed", actors.SYSTEM, reason="who gave it may give it again"))
            changed += 1
    _tell_asked(session, account_id, asked)
    return changed + len(asked)


def review_everywhere(session: Session, person_id: UUID) -> int:
    """`review` in every account in which the person stands behind a grant."""
    places = select(Grant.account_id).where(_backer == person_id, live(clock.now())).distinct()
    return sum(review(session, account_id, person_id) for account_id in session.scalars(places).all())


def run_due(session: Session, limit: int) -> int:
    """Ask where a role has run out by its last day, and pause what nobody confirmed in time; returns how many changed (a job)."""
    asked = sum(review(session, *place) for place in session.execute(_left_behind(limit)).all())
    return asked + _pause_due(session, limit)


def _left_behind(limit: int) -> Any:
    """(account, person) where nothing was asked and the person has no role that gives anything, or had one that ran out."""
    giving = (
        Membership.person_id == _backer,
        Membership.account_id == Grant.account_id,
        Membership.role.in_(with_right(Right.GIVE)),
    )
    gives: ColumnElement[bool] = exists().where(*giving, in_force(), Person.id == _backer, Person.state == "active")
    ran_out = exists().where(*giving, ~in_force())
    unasked = and_(live(clock.now()), Grant.confirm_by.is_(None), or_(~gives, ran_out))
    return select(Grant.account_id, _backer).where(unasked).distinct().limit(limit)


def _pause_due(session: Session, limit: int) -> int:
    now = clock.now()
    due = select(Grant).where(live(now), Grant.state == "active", Grant.confirm_by <= now).order_by(Grant.confirm_by)
    grants = session.scalars(services.for_update(due.limit(limit), skip_locked=True)).all()
    for grant in grants:
        services.pause(session, grant.account_id, grant.id, actors.SYSTEM, "nobody confirmed it in time")
        _tell_paused(session, grant)
    return len(grants)


def _tell_asked(session: Session, account_id: UUID, asked: Iterable[Grant]) -> None:
    """One letter to each who may answer, about all that they are asked."""
    letters: defaultdict[str, list[Grant]] = defaultdict(list)
    for grant in asked:
        for to in _who_may_confirm(session, grant):
            letters[to].append(grant)
    for to, grants in letters.items():
        mail.send(
            session,
            to,
            _("Please confirm who may read the data of %(account)s", account=_account_name(session, account_id)),
            _(
                "%(apps)s may read data of %(account)s, because somebody allowed it who can no longer allow such things for it. Nothing"
                " has changed for now. Please open Connected apps at %(address)s and confirm it, or disconnect it. What nobody has"
                " confirmed by %(day)s is paused then, until somebody resumes it.",
                apps=", ".join(sorted(_app_name(session, grant) for grant in grants)),
                account=_account_name(session, account_id),
                address=f"{settings.current().base_url}/connected-apps",
                day=f"{min(grant.confirm_by for grant in grants if grant.confirm_by):%Y-%m-%d %H:%M} UTC",
            ),
            _MAIL,
        )  # fmt: skip


def _tell_paused(session: Session, grant: Grant) -> None:
    for to in _who_may_confirm(session, grant):
        mail.send(
            session,
            to,
            _("%(app)s is paused", app=_app_name(session, grant)),
            _(
                "Nobody has confirmed that %(app)s may go on reading data of %(account)s, so it reads nothing now. Open Connected apps"
                " at %(address)s to resume it, or to disconnect it.",
                app=_app_name(session, grant),
                account=_account_name(session, grant.account_id),
                address=f"{settings.current().base_url}/connected-apps",
            ),
            _MAIL,
        )  # fmt: skip


def _who_may_confirm(session: Session, grant: Grant) -> list[str]:
    return addresses(session, Membership.account_id == grant.account_id, givers(grant.scopes))


def _app_name(session: Session, grant: Grant) -> str:
    return session.scalars(select(App.name).where(App.id == grant.app_id)).one()


def _account_name(session: Session, account_id: UUID) -> str:
    return session.scalars(select(Account.name).where(Account.id == account_id)).one()
