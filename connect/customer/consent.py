"""The consent page: one form, three buttons. Allow and Do not allow decide the request; Update preview shows the page again.

A yes counts only for exactly what was shown (form_token.py); whatever changed in between is said, and nothing is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connect.accounts import returning
from connect.accounts.guards import is_fresh, person, requires
from connect.accounts.roles import Right
from connect.core import database, ids, web
from connect.core.problems import Problem
from connect.customer import answering as answers
from connect.customer import form_token
from connect.customer.answering import Answering
from connect.customer.blueprint import blueprint
from connect.customer.form_token import Shown
from connect.customer.refusals import barred_at_box, barred_words, refusal
from connect.disclosure import consent as page
from connect.disclosure.preview import Looker, preview
from connect.disclosure.proposal import Choice
from connect.grants import services as grants
from connect.grants.errors import GrantMoved, RoleTooLow, TermsTooWide
from connect.grants.services import Consent
from connect.oauth import requests
from connect.oauth.requests import AlreadyDecided, AuthorizationRequest
from connect.scopes import catalogue, rights
from connect.scopes.errors import NothingGranted, ScopesError
from connect.scopes.terms import Terms


@blueprint.get("/consent/<request_id>")
@requires(Right.LOOK)
def consent(request_id: str) -> Any:
    """Show what the app asks, on the account's own rows: to those who may look at such rows."""
    found = _open(request_id)
    if not isinstance(found, AuthorizationRequest):
        return found
    with database.unit_of_work() as session:
        requests.bind_session(session, found.id, person().session_id)
    answering = _gather(found)
    choice, problems = _choice(answering)
    return _page(answering, choice, problems=problems)


@blueprint.post("/consent/<request_id>")
@requires(Right.LOOK)
def decide(request_id: str) -> Any:
    """Allow, do not allow, or show the page again with the boxes as they stand."""
    found = _open(request_id)
    if not isinstance(found, AuthorizationRequest):
        return found
    if found.session_id != person().session_id:
        raise Problem("conflict", _("This request was opened in another session. Start again from the app."))
    answering = _gather(found)
    choice, problems = _choice(answering)
    match request.form.get("decision"):
        case "deny":
            return _deny(answering)
        case "allow" if not problems:
            return _allow(answering, choice)
        case _:
            return _page(answering, choice, problems=problems)


def _allow(answering: Answering, choice: Choice) -> Any:
    changed = form_token.changes(request.form.get("form_token", ""), _shown(answering))
    if changed:
        return _page(answering, choice, changes=changed)
    asking, beyond = answering.asking, answering.permission.beyond
    try:
        granted = asking.given(choice)
        if granted & beyond:
            return _page(answering, choice, problems=[barred_words(granted & beyond, answering.account_name)])
        terms = asking.narrowed(choice)
        rights.check_terms(granted, terms, asking.asked_at)
    except NothingGranted:
        return _deny(answering)  # nothing required and nothing ticked
    except ScopesError as error:
        return _page(answering, choice, problems=[str(error)])
    if answers.restricted(granted) and not is_fresh(person()):
        returning.go_on_to(_again(answering, choice))
        return redirect(url_for("signin.confirm"), 303)
    return _give(answering, choice, _consent_of(answering, granted, terms))


def _give(answering: Answering, choice: Choice, consented: Consent) -> Any:
    who = person()
    try:
        with database.unit_of_work() as session:
            requests.decide(session, answering.request_id, requests.ALLOWED)
            grant = grants.give(session, consented)
            target = requests.approve(
                session, answering.request_id, grant=grant, person_id=who.id, authenticated_at=who.authenticated_at
            )
    except AlreadyDecided:
        return _answered()
    except GrantMoved:
        return _page(
            _gather(requests.load(answering.request_id)),
            choice,
            changes=[_("Somebody changed this connection in between.")],
        )
    except RoleTooLow as error:  # taken away since this request began
        raise refusal(error, answering.account_name) from error
    except TermsTooWide as error:
        return _page(answering, choice, problems=[str(error)])
    return target.sent()


def _deny(answering: Answering) -> Any:
    asking = answering.asking
    try:
        with database.unit_of_work() as session:
            requests.decide(session, answering.request_id, requests.DENIED)
            grants.refuse(session, answering.account_id, asking.app.id, person().id, asking.scopes)
            target = requests.deny(session, answering.request_id)
    except AlreadyDecided:
        return _answered()
    except RoleTooLow as error:
        raise refusal(error, answering.account_name) from error
    return target.sent()


def _consent_of(answering: Answering, granted: frozenset[str], terms: Terms) -> Consent:
    asking, who = answering.asking, answering.who
    return Consent(
        account_id=answering.account_id,
        app_id=asking.app.id,
        app_version_id=asking.app_version_id,
        person_id=who.id,
        granted=granted,
        refused=asking.scopes - granted,
        terms=terms,
        catalogue_version=catalogue.VERSION,
        notice_hash=asking.notice(),
        policy_hash=asking.policy_hash,
        purposes=dict(asking.purposes),
        authenticated_at=who.authenticated_at,
        expected_version=answering.grant_version,
    )


def _page(answering: Answering, choice: Choice, *, changes: Sequence[str] = (), problems: Sequence[str] = ()) -> Any:
    asking, allowed = answering.asking, answering.permission
    looker = Looker(answering.account_id, asking.timezone, answering.who.id, asking.app.id, web.request_id())
    body = render_template(
        "customer/consent.html",
        view=page.view(asking, choice, partial(preview, looker), allowed),
        answering=answering,
        may_not_words="" if allowed.may_give else barred_words(allowed.missing, answering.account_name),
        barred_words=barred_at_box,
        changes=changes,
        form_token=form_token.make(_shown(answering)),
        not_you_url=answers.switch_url(ids.encode(requests.PREFIX, answering.request_id)),
        problems=[{"text": text, "href": "#terms-title"} for text in problems],
    )
    return make_response(body, 422 if problems else 409 if changes else 200)


def _choice(answering: Answering) -> tuple[Choice, list[str]]:
    """What is ticked, and what is wrong with it: from the form, or the address after a step-up; at first what was allowed before."""
    asking, beyond = answering.asking, answering.permission.beyond
    first = asking.first_choice(asking.allowed_before & (asking.optional - beyond))
    if request.method == "GET" and "expires" not in request.args:
        return first, []
    given = request.values
    wanted = frozenset(given.getlist("scope")) & asking.optional
    ticked, barred = wanted - beyond, wanted & beyond
    choice = Choice(ticked, given.get("expires", first.expires), given.get("history", first.history))
    try:
        asking.narrowed(choice)
    except (ScopesError, ValueError):
        return replace(first, ticked=ticked), [_("Choose one of the lengths of time that are offered.")]
    return choice, [barred_words(barred, answering.account_name)] if barred else []


def _shown(answering: Answering) -> Shown:
    return Shown(
        request_id=answering.request_id,
        session_id=answering.who.session_id,
        person_id=answering.who.id,
        account_id=answering.account_id,
        app_version_id=answering.asking.app_version_id,
        grant_version=answering.grant_version,
        catalogue_version=catalogue.VERSION,
        notice_hash=answering.asking.notice(),
    )


def _open(text: str) -> Any:
    """The request of the address if it can still be decided, else the page that says why not."""
    try:
        found = requests.load(ids.decode(requests.PREFIX, text))
    except ValueError:
        found = None
    if found is None:
        return _ended(_("There is no such request"), [_("The address may be incomplete. Start again in the app.")], 404)
    if found.decided_at is not None:
        return _answered()
    if found.expired:
        again = _("Start again on your device.") if found.user_code else _("Start again in the app.")
        return _ended(_("This request has expired"), [_("It was open for too long."), again])
    if found.sign_in_after is not None and person().authenticated_at < found.sign_in_after:
        returning.go_on_to(url_for("customer.consent", request_id=text))
        return redirect(url_for("signin.confirm"), 303)
    return found


def _answered() -> Any:
    return _ended(
        _("This was answered already"), [_("To change your answer, open Connected apps, or start again in the app.")]
    )


def _ended(title: str, sentences: Sequence[str], status: int = 410) -> Any:
    body = render_template(
        "customer/authorize_error.html",
        title=title,
        words=sentences,
        developer_words="",
        restart_url=None,
        request_id=web.request_id(),
    )
    return make_response(body, status)


def _gather(found: AuthorizationRequest | None) -> Answering:
    account_id = person().account_id
    assert found is not None and account_id is not None
    return answers.gather(found, person(), account_id)


def _again(answering: Answering, choice: Choice) -> str:
    """The page with these choices, for after the confirmation."""
    return url_for(
        "customer.consent",
        request_id=ids.encode(requests.PREFIX, answering.request_id),
        scope=sorted(choice.ticked),
        expires=choice.expires,
        history=choice.history,
    )
