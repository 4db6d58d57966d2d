"""Who answers what is asked: an authorization request in front of the signed-in person, for the account they work in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from apps_registry import clients
from apps_registry import queries as registry
from apps_registry.clients import Client
from apps_registry.errors import NoSuchApp
from apps_registry.queries import AppPage
from connect.accounts import queries as accounts
from connect.accounts.person import CurrentPerson
from connect.core.i18n import language
from connect.core.problems import Problem
from connect.disclosure.asking import Asking, Permission, ask, permission
from connect.disclosure.errors import NoSuchLines
from connect.grants import queries as grants
from connect.oauth import details, user_codes
from connect.oauth.requests import AuthorizationRequest
from connect.scopes.scopes import TIER_RULES, highest_tier


@dataclass(frozen=True)
class Answering:
    """A request, what it asks, and who answers it. `grant_version` is 0 where no grant stands; `destination_host` learns the answer;
    `on_this_device`: that is a program there and no site. For the request of a device `user_code` is there in its place."""

    request_id: UUID
    asking: Asking
    who: CurrentPerson
    account_id: UUID
    account_name: str
    role: str
    permission: Permission
    grant_version: int
    destination_host: str
    on_this_device: bool
    user_code: str


def gather(request: AuthorizationRequest, who: CurrentPerson, account_id: UUID) -> Answering:
    """Everything about a request. Raises Problem when the app can no longer be connected to this account."""
    account, app = accounts.account(account_id), _app(request)
    client = clients.find_client(app.client_id)
    if client is None or not client.usable or client.version is None or not _may_return(client, request):
        raise _gone()
    if not clients.may_connect(client, account.id, account.kind):
        raise Problem("forbidden", _("This app is still being tested and is not open to your business."))
    live = grants.live_of_app(account.id, app.id)
    standing = live if live and live.live else None
    asking = ask(
        app,
        client.version,
        frozenset(request.scopes),
        asked_at=request.created_at,
        timezone=account.timezone,
        language=language(),
        policy_hash=client.policy_hash,
        allowed_before=frozenset(standing.scopes) if standing else frozenset(),
    )
    detail = details.asked(request.parameters)
    if detail is not None:
        asking = _on_its_terms(asking, detail, account.id)
    return Answering(
        request_id=request.id,
        asking=asking,
        who=who,
        account_id=account.id,
        account_name=account.name,
        role=who.roles_in(account.id),
        permission=permission(asking, who.rights_in(account.id)),
        grant_version=standing.version if standing else 0,
        destination_host=urlsplit(request.redirect_uri).netloc or urlsplit(request.redirect_uri).scheme,
        on_this_device=bool(request.redirect_uri) and not request.redirect_uri.startswith("https:"),
        user_code=user_codes.shown(request.user_code) if request.user_code else "",
    )


def _on_its_terms(asking: Asking, detail: Mapping[str, Any], account_id: UUID) -> Asking:
    try:
        return asking.with_detail(detail, account_id)
    except NoSuchLines as error:
        said = _("This app asks for phone lines or departments that your business does not have. Tell its developer.")
        raise Problem("forbidden", said) from error


def restricted(scopes: frozenset[str]) -> bool:
    """Whether a fresh sign-in is needed to give them."""
    tier = highest_tier(scopes)
    return tier is not None and TIER_RULES[tier].owner_only


def switch_url(request_id: str) -> str:
    """Where "Not you?" leads."""
    return url_for("signin.sign_in", request=request_id)


def _app(request: AuthorizationRequest) -> AppPage:
    try:
        return registry.app_page(request.app_id)
    except NoSuchApp as error:  # removed while the page stood open
        raise _gone() from error


def _may_return(client: Client, request: AuthorizationRequest) -> bool:
    """Whether the answer may still go where the request wants it; a device waits for it here."""
    return not request.redirect_uri or client.may_return_to(request.redirect_uri)


def _gone() -> Problem:
    return Problem("gone", _("This app can no longer be connected in this way. Start again from the app."))
