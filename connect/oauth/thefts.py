"""What happens when a spent code or refresh token comes back: its chain ends, the ledger says so, customer and developers are told.

The customer's grant, its terms and its other chains stand; the app has to be connected again (queries.reconnect_needed).
"""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from apps_registry.models import App
from connect.accounts.held import addresses
from connect.accounts.models import Account, Membership
from connect.accounts.roles import Right, with_right
from connect.core import clock, mail
from connect.oauth import chains, record
from connect.oauth.incoming import OAuthRequest
from connect.oauth.tokens import Basis

_KIND = "token theft"


def seen(request: OAuthRequest, basis: Basis, reason: str) -> None:
    """End the chain of `basis` because of `reason`; a chain that has ended already is left as it is."""
    assert basis.chain_id is not None and basis.account_id is not None
    session = request.session
    if chains.end(session, basis.chain_id, reason, request.now):
        record.chain_ended(session, basis, reason, request_id=request.request_id)
        _tell(session, basis.app_id, basis.account_id)


def _tell(session: Session, app_id: UUID, account_id: UUID) -> None:
    app = session.scalar(select(App.name).where(App.id == app_id))
    account = session.scalar(select(Account.name).where(Account.id == account_id))
    day = f"{clock.now():%Y-%m-%d %H:%M} UTC"
    for to in _customers(session, account_id):
        mail.send(
            session,
            to,
            _("%(app)s has to be connected again", app=app),
            _(
                "A key of %(app)s to the data of %(account)s was used twice at %(day)s, as happens when somebody has copied it. We"
                " ended this connection's keys at once. What you allowed %(app)s still stands; connect it again from the app. If you"
                " did not expect this, look at Connected apps to see what was read.",
                app=app, account=account, day=day,
            ),
            _KIND,
        )  # fmt: skip
    for to in _developers(session, app_id):
        mail.send(
            session,
            to,
            _("A token of %(app)s was used twice", app=app),
            _(
                "A refresh token, an authorization code or a device code of %(app)s for the account %(account)s came back at %(day)s"
                " after it was spent."
                " We ended its chain; the customer has to connect again. Either it was stolen, or two of your processes refresh"
                " without sharing the successor (RFC 9700, section 4.14).",
                app=app, account=account, day=day,
            ),
            _KIND,
        )  # fmt: skip


def _customers(session: Session, account_id: UUID) -> list[str]:
    return addresses(session, Membership.account_id == account_id, with_right(Right.CHANGE_GRANTS))


def _developers(session: Session, app_id: UUID) -> list[str]:
    team = select(App.team_id).where(App.id == app_id).scalar_subquery()
    return addresses(session, Membership.team_id == team, with_right(Right.MANAGE_APPS))
