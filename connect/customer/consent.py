"""The consent page: one form, three buttons. Allow and Do not allow decide the request; Update preview shows the page again.

A yes counts only for exactly what was shown (form_token.py); whatever changed in between is said, and nothing is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connect.accounts import returning
from connect.accounts.guards import is_fresh, person, requires
from connect.accounts.roles import Right
from connect.core import database, ids, web
from connect.core.problems import Problem
from connect.customer import asking as asked
from connect.customer import form_token
from connect.customer.blueprint import blueprint
from connect.customer.form_token import Shown
from connect.customer.refusals import barred_words, refusal
from connect.disclosure import consent as page
from connect.disclosure import proposal
from connect.disclosure.consent import Asking, ConsentView
from connect.disclosure.preview import Looker, preview
from connect.disclosure.proposal import Choice
from connect.grants import services as grants
from connect.grants.errors import GrantMoved, RoleTooLow, TermsTooWide
from connect.grants.services import Consent
from connect.oauth import requests
from connect.oauth.requests import AlreadyDecided, AuthorizationRequest
from connect.scopes import catalogue, rights
from connect.scopes.errors import NothingGranted, ScopesError
from connect.scopes.text import words


@blueprint.get("/consent/<request_id>")
@requires(Right.LOOK)
def consent(request_id: str) -> Any:
    """Show what the app asks, on the account's own rows: to those who may look at such rows."""
    found = _open(request_id)
    if not isinstance(found, AuthorizationRequest):
        return found
    with database.unit_of_work() as session:
        requests.bind_session(session, found.id, person().session_id)
    asking = _gather(found)
    choice, problems = _choice(asking)
    return _page(asking, choice, problems=problems)


@blueprint.post("/consent/<request_id>")
@requires(Right.LOOK)
def decide(request_id: str) -> Any:
    """Allow, do not allow, or show the page again with the boxes as they stand."""
    found = _open(request_id)
    if not isinstance(found, AuthorizationRequest):
        return found
    if found.session_id != person().session_id:
        raise Problem("conflict", _("This request was opened in another session. Start again from the app."))
    asking = _gather(found)
    choice, problems = _choice(asking)
    match request.form.get("decision"):
        case "deny":
            return _deny(asking)
        case "allow" if not problems:
            return _allow(asking, choice)
        case _:
            return _page(asking, choice, problems=problems)


def _allow(asking: Asking, choice: Choice) -> Any:
    changed = form_token.changes(request.form.get("form_token", ""), _shown(asking))
    if changed:
        return _page(asking, choice, changes=changed)
    try:
        granted = asking.given(choice)
        if granted & asking.beyond:
            return _page(asking, choice, problems=[barred_words(granted & asking.beyond, asking.account_name)])
        terms = proposal.chosen(asking.terms, choice, asking.asked_at, asking.timezone)
        rights.check_terms(granted, terms, asking.asked_at)
    except NothingGranted:
        return _deny(asking)  # nothing required and nothing ticked
    except ScopesError as error:
        return _page(asking, choice, problems=[str(error)])
    if asked.restricted(granted) and not is_fresh(person()):
        returning.go_on_to(_again(asking, choice))
        return redirect(url_for("signin.confirm"), 303)
    return _give(asking, choice, _consent_of(asking, granted, terms))


def _give(asking: Asking, choice: Choice, consented: Consent) -> Any:
    who = person()
    try:
        with database.unit_of_work() as session:
            requests.decide(session, asking.request_id, requests.ALLOWED)
            grant = grants.give(session, consented)
            target = requests.approve(
                session, asking.request_id, grant=grant, person_id=who.id, authenticated_at=who.authenticated_at
            )
    except AlreadyDecided:
        return _answered()
    except GrantMoved:
        return _page(
            _gather(requests.load(asking.request_id)),
            choice,
            changes=[_("Somebody changed this connection in between.")],
        )
    except RoleTooLow as error:  # taken away since this request began
        raise refusal(error, asking.account_name) from error
    except TermsTooWide as error:
        return _page(asking, choice, problems=[str(error)])
    return _back_to_app(target)


def _deny(asking: Asking) -> Any:
    try:
        with database.unit_of_work() as session:
            requests.decide(session, asking.request_id, requests.DENIED)
            grants.refuse(session, asking.account_id, asking.app.id, person().id, asking.scopes)
            target = requests.deny(session, asking.request_id)
    except AlreadyDecided:
        return _answered()
    except RoleTooLow as error:
        raise refusal(error, asking.account_name) from error
    return _back_to_app(target)


def _consent_of(asking: Asking, granted: frozenset[str], terms: Any) -> Consent:
    return Consent(
        account_id=asking.account_id,
        app_id=asking.app.id,
        app_version_id=asking.app_version_id,
        person_id=asking.person_id,
        granted=granted,
        refused=asking.scopes - granted,
        terms=terms,
        catalogue_version=catalogue.VERSION,
        notice_hash=asking.notice(),
        policy_hash=asking.policy_hash,
        purposes=asking.purposes,
        authenticated_at=person().authenticated_at,
        expected_version=asking.grant_version,
    )


def _page(asking: Asking, choice: Choice, *, changes: Sequence[str] = (), problems: Sequence[str] = ()) -> Any:
    request_id = ids.encode(requests.PREFIX, asking.request_id)
    body = render_template(
        "customer/consent.html",
        view=_view(asking, choice, changes),
        not_you_url=asked.switch_url(request_id),
        problems=[{"text": text, "href": "#terms-title"} for text in problems],
    )
    return make_response(body, 422 if problems else 409 if changes else 200)


def _view(asking: Asking, choice: Choice, changes: Sequence[str]) -> ConsentView:
    allowed = asked.permission(asking, person())
    looker = Looker(asking.account_id, asking.timezone, asking.person_id, asking.app.id, web.request_id())
    held = asking.required | (asking.optional & choice.ticked)
    terms = proposal.chosen(asking.terms, choice, asking.asked_at, asking.timezone)
    return ConsentView(
        app=page.app_facts(asking),
        person={"name": asking.person_name, "email": asking.person_email},
        account={"name": asking.account_name},
        role=asking.role,
        may_give=allowed.may_give,
        may_refuse=allowed.may_refuse,
        may_not_words=allowed.words,
        groups=page.scope_groups(asking, choice),
        terms=page.term_words(asking, choice),
        preview=preview(looker, held, terms, words(asking.language)),
        not_granted=page.not_granted(asking, choice),
        changes=tuple(changes),
        destination_host=asking.destination_host,
        withdraw_words=_(
            "Open Connected apps on this site and disconnect it. It holds from the app's next request on."
        ),
        form_token=form_token.make(_shown(asking)),
    )


def _choice(asking: Asking) -> tuple[Choice, list[str]]:
    """What is ticked, and what is wrong with it: from the form, or the address after a step-up; at first what was allowed before."""
    before = asking.allowed_before() & (asking.optional - asking.beyond)
    first = proposal.first_choice(before, asking.terms, asking.asked_at, asking.timezone)
    if request.method == "GET" and "expires" not in request.args:
        return first, []
    given = request.values
    wanted = frozenset(given.getlist("scope")) & asking.optional
    ticked, barred = wanted - asking.beyond, wanted & asking.beyond
    choice = Choice(ticked, given.get("expires", first.expires), given.get("history", first.history))
    try:
        proposal.chosen(asking.terms, choice, asking.asked_at, asking.timezone)
    except (ScopesError, ValueError):
        return replace(first, ticked=ticked), [_("Choose one of the lengths of time that are offered.")]
    return choice, [barred_words(barred, asking.account_name)] if barred else []


def _shown(asking: Asking) -> Shown:
    return Shown(
        request_id=asking.request_id,
        session_id=person().session_id,
        person_id=asking.person_id,
        account_id=asking.account_id,
        app_version_id=asking.app_version_id,
        grant_version=asking.grant_version,
        catalogue_version=catalogue.VERSION,
        notice_hash=asking.notice(),
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
        return _ended(
            _("This was answered already"),
            [_("To change your answer, open Connected apps, or start again in the app.")],
        )
    if found.expired:
        return _ended(_("This request has expired"), [_("It was open for too long. Start again in the app.")])
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


def _gather(found: AuthorizationRequest | None) -> Asking:
    account_id = person().account_id
    assert found is not None and account_id is not None
    return asked.gather(found, person(), account_id)


def _again(asking: Asking, choice: Choice) -> str:
    """The page with these choices, for after the confirmation."""
    return url_for(
        "customer.consent",
        request_id=ids.encode(requests.PREFIX, asking.request_id),
        scope=sorted(choice.ticked),
        expires=choice.expires,
        history=choice.history,
    )


def _back_to_app(target: str) -> Any:
    answer = redirect(target, 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
