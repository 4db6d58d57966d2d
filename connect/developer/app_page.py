"""The page of one app, and how its forms come back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for

from apps_registry.errors import RegistryError
from apps_registry.queries import AppPage
from connect.accounts.guards import person
from connect.core import actor, database
from connect.developer import consent, presenting
from connect.developer.forms import KeysForm, RedirectForm, RotateForm, TesterForm
from connect.grants import queries as grants


def show(
    page: AppPage,
    *,
    new_secret: str | None = None,
    redirect_form: RedirectForm | None = None,
    tester_form: TesterForm | None = None,
    rotate_form: RotateForm | None = None,
    keys_form: KeysForm | None = None,
) -> Response:
    """The page; a form that was refused is given with its errors, the others are new."""
    refused = next((form for form in (redirect_form, tester_form, rotate_form, keys_form) if form), None)
    body = render_template(
        "developer/app.html",
        app=presenting.app(page, grants.live_counts([page.id]).get(page.id, 0)),
        form=refused,
        new_secret=new_secret,
        secrets=presenting.secrets(page),
        rotate_form=rotate_form or RotateForm(formdata=None),
        keys_form=keys_form or KeysForm(formdata=None),
        redirect_uris=page.redirect_uris,
        redirect_form=redirect_form or RedirectForm(formdata=None),
        testers=presenting.testers(page),
        tester_form=tester_form or TesterForm(formdata=None),
        scopes=presenting.asked(page.versions[0]) if page.versions else [],
        versions=presenting.versions(page),
        acts=presenting.acts(page),
        reviews=presenting.reviews(page),
        scope_form_url=url_for("developer.scopes", app_id=page.client_id),
        consent_url=url_for("developer.consent", app_id=page.client_id) if consent.versions(page) else None,
        endpoints_url=url_for("developer.endpoints", app_id=page.client_id),
    )
    return make_response(body, refused.status if refused else 200)


def attempt(page: AppPage, service: Callable[..., Any], *values: Any, done: str = "") -> Response:
    """Call `service(session, app id, *values, actor)` and come back, with what was done or why it was refused."""
    try:
        with database.unit_of_work() as session:
            service(session, page.id, *values, actor.person(person().id))
    except RegistryError as error:
        return back(page, " ".join(each.message for each in error.errors), "warning")
    return back(page, done)


def back(page: AppPage, words: str = "", category: str = "message") -> Response:
    """To the page of the app, with `words` on top."""
    if words:
        flash(words, category)
    return redirect(url_for("developer.app", app_id=page.client_id), 303)  # type: ignore[return-value]
