"""Client secrets of an app: a new one is shown once, the one before lives on for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _

from apps_registry import services
from apps_registry.errors import RegistryError
from connect.accounts.guards import fresh, person, requires
from connect.accounts.roles import Right
from connect.core import actor, database, ids
from connect.core.problems import Problem
from connect.developer import own, shown_once
from connect.developer.app_page import attempt, back, show
from connect.developer.blueprint import blueprint
from connect.developer.forms import RotateForm


@blueprint.post("/apps/<app_id>/secrets")
@requires(Right.MANAGE_APPS)
@fresh
def rotate_secret(app_id: str) -> Any:
    """Make a new secret; while two are live, one of them has to be ended first."""
    page, form = own.app(app_id), RotateForm()
    if not form.validate_on_submit():
        return show(page, rotate_form=form)
    overlap = timedelta(hours=int(form.overlap.data))
    try:
        with database.unit_of_work() as session:
            made = services.rotate_secret(session, page.id, actor.person(person().id), overlap)
    except RegistryError as error:
        return back(page, error.errors[0].message, "warning")
    shown_once.keep(page.id, made.secret)
    return back(page)


@blueprint.post("/apps/<app_id>/secrets/end")
@requires(Right.MANAGE_APPS)
@fresh
def end_secret(app_id: str) -> Any:
    """End a secret now."""
    page = own.app(app_id)
    try:
        secret_id = ids.decode("sec", request.form.get("secret", ""))
    except ValueError as error:
        raise Problem("not-found", _("There is no such secret.")) from error
    return attempt(page, services.end_secret, secret_id, done=_("It has ended."))
