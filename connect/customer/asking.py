"""Who asks whom for what: an authorization request in front of the signed-in person, as the consent page needs it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from apps_registry import clients
from apps_registry import queries as registry
from apps_registry.clients import Client, VersionInForce
from connect.accounts import queries as accounts
from connect.accounts.person import CurrentPerson
from connect.accounts.roles import ROLES, Right, beyond
from connect.core.i18n import language
from connect.core.problems import Problem
from connect.customer.refusals import barred_words
from connect.disclosure import proposal
from connect.disclosure.consent import Asking
from connect.disclosure.purposes import purposes
from connect.grants import queries as grants
from connect.oauth.requests import AuthorizationRequest
from connect.scopes.scopes import TIER_RULES, highest_tier


@dataclass(frozen=True)
class Permission:
    """Whether the person's role may say yes to what is required, or no; if not yes, why and whom to ask."""

    may_give: bool
    may_refuse: bool
    words: str = ""


def gather(request: AuthorizationRequest, who: CurrentPerson, account_id: UUID) -> Asking:
    """Everything about a request. Raises Problem when the app can no longer be connected to this account."""
    account, app = accounts.account(account_id), registry.app_page(request.app_id)
    client = clients.find_client(app.client_id)
    if client is None or not client.usable or client.version is None:
        raise Problem("gone", _("This app can no longer be connected."))
    if not clients.may_connect(client, account.id, account.kind):
        raise Problem("forbidden", _("This app is still being tested and is not open to your business."))
    return _asking(request, who, account, app, client, client.version)


def permission(asking: Asking, who: CurrentPerson) -> Permission:
    """What the person's role lets them answer (R13). Where nothing is required, a yes needs something that they may give."""
    barred = asking.required & asking.beyond if asking.required else asking.beyond
    may_give = not barred if asking.required else barred != asking.scopes
    may_refuse = Right.ASK in who.rights_in(asking.account_id)
    return Permission(may_give, may_refuse, "" if may_give else barred_words(barred, asking.account_name))


def restricted(scopes: frozenset[str]) -> bool:
    """Whether a fresh sign-in is needed to give them."""
    tier = highest_tier(scopes)
    return tier is not None and TIER_RULES[tier].owner_only


def switch_url(request_id: str) -> str:
    """Where "Not you?" leads."""
    return url_for("signin.sign_in", request=request_id)


def _asking(
    request: AuthorizationRequest,
    who: CurrentPerson,
    account: accounts.AccountLine,
    app: registry.AppPage,
    client: Client,
    version: VersionInForce,
) -> Asking:
    asked = frozenset(request.scopes)
    live = grants.live_of_app(account.id, app.id)
    required, optional = version.required & asked, version.optional & asked
    terms = proposal.proposed(version.default_terms, required | optional, request.created_at, account.timezone)
    seat = next((seat for seat in who.seats if seat.account_id == account.id), None)
    return Asking(
        request_id=request.id,
        asked_at=request.created_at,
        app=app,
        app_version_id=version.id,
        reviewed=version.reviewed,
        required=required,
        optional=optional,
        purposes=dict(purposes(version.id)),
        terms=terms,
        policy_hash=client.policy_hash,
        destination_host=urlsplit(request.redirect_uri).netloc or urlsplit(request.redirect_uri).scheme,
        account_id=account.id,
        account_name=account.name,
        timezone=account.timezone,
        person_id=who.id,
        person_name=who.name,
        person_email=who.email,
        role=str(ROLES[seat.role].words) if seat else "",
        language=language(),
        live=live if live and live.live else None,
        beyond=beyond(who.rights_in(account.id), required | optional),
    )
