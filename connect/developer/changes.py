"""Forms on the page of an app: redirect URIs, testers, and the steps of its life that are the team's to take."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from apps_registry import services, steps, versions
from apps_registry.errors import RegistryError
from apps_registry.lifecycle import Party
from connect.accounts import queries as accounts
from connect.accounts.errors import NotFound
from connect.accounts.guards import fresh, person, requires
from connect.accounts.roles import Right
from connect.core import actor, database, ids
from connect.core.problems import Problem
from connect.developer import own
from connect.developer.app_page import attempt, back, show
from connect.developer.blueprint import blueprint
from connect.developer.forms import RedirectForm, TesterForm

_PLAIN_STEPS = frozenset({"test", "unlist", "list"})


@blueprint.post("/apps/<app_id>/redirect-uris")
@requires(Right.MANAGE_APPS)
def add_redirect_uri(app_id: str) -> Any:
    """Register one more redirect URI, or say which rule it breaks."""
    page, form = own.app(app_id), RedirectForm()
    try:
        with database.unit_of_work() as session:
            services.add_redirect_uri(session, page.id, (form.uri.data or "").strip(), actor.person(person().id))
    except RegistryError as error:
        form.refuse("uri", " ".join(each.message for each in error.errors))
        return show(page, redirect_form=form)
    return back(page, _("Added."))


@blueprint.post("/apps/<app_id>/redirect-uris/remove")
@requires(Right.MANAGE_APPS)
def remove_redirect_uri(app_id: str) -> Any:
    """Take a redirect URI away."""
    return attempt(own.app(app_id), services.remove_redirect_uri, request.form.get("uri", ""), done=_("Removed."))


@blueprint.post("/apps/<app_id>/testers")
@requires(Right.MANAGE_APPS)
def add_tester(app_id: str) -> Any:
    """Name an account that may connect the app while it is tested."""
    page, form = own.app(app_id), TesterForm()
    try:
        account = accounts.account(ids.decode("acc", (form.account.data or "").strip()))
        with database.unit_of_work() as session:
            services.add_tester(session, page.id, account.id, actor.person(person().id))
    except (ValueError, NotFound):
        form.refuse(
            "account", _("There is no business with this id. It starts with acc_; its people find it in their profile.")
        )
    except RegistryError as error:
        form.refuse("account", error.errors[0].message)
    else:
        return back(page, _("Added."))
    return show(page, tester_form=form)


@blueprint.post("/apps/<app_id>/testers/remove")
@requires(Right.MANAGE_APPS)
def remove_tester(app_id: str) -> Any:
    """Take an account off the testers."""
    page = own.app(app_id)
    try:
        account_id = ids.decode("acc", request.form.get("account", ""))
    except ValueError as error:
        raise Problem("not-found", _("There is no such tester.")) from error
    return attempt(page, services.remove_tester, account_id, done=_("Removed."))


@blueprint.post("/apps/<app_id>/steps/<name>")
@requires(Right.MANAGE_APPS)
def step(app_id: str, name: str) -> Any:
    """Take a step of the lifecycle; the last of them asks for a fresh sign-in."""
    page = own.app(app_id)
    match name:
        case "submit":
            return attempt(page, versions.submit, done=_("Submitted. The decision will stand on this page."))
        case "withdraw":
            return attempt(page, versions.withdraw, done=_("Taken back."))
        case "retire":
            return _retire(app_id)
        case _ if name in _PLAIN_STEPS:
            return attempt(page, lambda session, app, who: steps.move(session, app, name, who, Party.TEAM))
    raise Problem("not-found", _("There is no such step."))


@fresh
def _retire(app_id: str) -> Any:
    page = own.app(app_id)
    return attempt(page, lambda session, app, who: steps.retire(session, app, "", who, Party.TEAM))
