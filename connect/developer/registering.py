"""Registering an app, and asking for other scopes in a further version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from apps_registry import lifecycle, services, versions
from apps_registry.details import Asked, Registration
from apps_registry.errors import FieldError, RegistryError
from apps_registry.kinds import FAPI, KEY_METHOD, STANDARD
from connect.accounts.guards import person, requires
from connect.accounts.roles import Right
from connect.core import actor, database
from connect.developer import keys, own, picker, shown_once
from connect.developer.app_page import back
from connect.developer.blueprint import blueprint
from connect.developer.forms import NewAppForm, ScopesForm

_FIELD_OF = {
    "kind": "client_kind",
    "auth_method": "proof",
    "profile": "proof",
}  # where the form's name is not the registry's


@blueprint.route("/apps/new", methods=["GET", "POST"])
@requires(Right.MANAGE_APPS)
def new_app() -> Any:
    """One form: who the app is, how it signs in, what it wants to see and why."""
    form, asked = NewAppForm(), picker.read(request.form)
    if not form.validate_on_submit():
        return _new_app_page(form, asked)
    team_id = own.team().team_id
    assert team_id is not None  # the right to manage apps is held in a team
    try:
        with database.unit_of_work() as session:
            made = services.register(session, team_id, _registration(form, asked), actor.person(person().id))
    except RegistryError as error:
        for each in error.errors:
            if not each.field.startswith(("purpose.", "scopes")):
                form.refuse(_FIELD_OF.get(each.field, each.field), each.message)
        return _new_app_page(form, asked, error.errors)
    if made.secret:
        shown_once.keep(made.app.id, made.secret)
    return redirect(url_for("developer.app", app_id=made.app.client_id), 303)


@blueprint.route("/apps/<app_id>/scopes", methods=["GET", "POST"])
@requires(Right.MANAGE_APPS)
def scopes(app_id: str) -> Any:
    """What the app asks for, as the next version."""
    page = own.app(app_id)
    errors: tuple[FieldError, ...] = ()
    asked = picker.of_version(page.versions[0].scopes) if page.versions else ()
    if request.method == "POST":
        asked = picker.read(request.form)
        try:
            with database.unit_of_work() as session:
                versions.add_version(session, page.id, asked, actor.person(person().id))
            return back(page, _("Saved as a new version."))
        except RegistryError as error:
            errors = error.errors
    body = render_template(
        "developer/scopes.html",
        app={"id": page.client_id, "name": page.name},
        form=ScopesForm(formdata=None),
        scopes=picker.rows(asked, errors),
        problems=picker.problems(errors),
        version=page.versions[0].number + 1 if page.versions else 1,
        consequence_words=_consequence(page.state),
    )
    return make_response(body, 422 if errors else 200)


def _registration(form: NewAppForm, asked: tuple[Asked, ...]) -> Registration:
    proof = form.proof.data
    uris = (line.strip() for line in (form.redirect_uris.data or "").splitlines())
    return Registration(
        name=form.name.data or "",
        legal_developer=form.legal_developer.data or "",
        privacy_policy_url=(form.privacy_policy_url.data or "").strip(),
        kind=form.client_kind.data or "",
        auth_method="" if proof == "secret" else KEY_METHOD,
        profile=FAPI if proof == "fapi" else STANDARD,
        keys=keys.given(form),
        redirect_uris=tuple(uri for uri in uris if uri),
        asked=asked,
        description=form.description.data or "",
        home_url=(form.home_url.data or "").strip(),
        support_email=(form.support_email.data or "").strip(),
        connect_url=(form.connect_url.data or "").strip(),
        retention_days=form.retention_days.data,
    )


def _new_app_page(form: NewAppForm, asked: tuple[Asked, ...], errors: Iterable[FieldError] = ()) -> Any:
    found = tuple(errors)
    rows, problems = picker.rows(asked, found), picker.problems(found)
    body = render_template("developer/new_app.html", form=form, scopes=rows, problems=problems)
    return make_response(body, 422 if problems else form.status)


def _consequence(state: str) -> str:
    if state in lifecycle.OPEN_TO_ALL:
        return _("What it adds is reviewed, and consented to again; what it drops is gone at once.")
    return _("It holds for every connection made from now on.")
