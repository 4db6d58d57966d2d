"""Public keys of an app that proves who it is with one: others in their place, and what it publishes at an address."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from apps_registry import keys, published_keys
from apps_registry.errors import RegistryError
from apps_registry.keys import Keys
from connect.accounts.guards import fresh, person, requires
from connect.accounts.roles import Right
from connect.core import actor, database
from connect.developer import own
from connect.developer.app_page import back, show
from connect.developer.blueprint import blueprint
from connect.developer.forms import KeysForm


def given(form: Any) -> Keys:
    """The keys in a form with the fields jwks and jwks_uri. Raises InvalidApp for a text that is no JSON."""
    text = (form.jwks.data or "").strip()
    return Keys(keys.read(text) if text else None, (form.jwks_uri.data or "").strip())


@blueprint.post("/apps/<app_id>/keys")
@requires(Right.MANAGE_APPS)
@fresh
def replace_keys(app_id: str) -> Any:
    """Put other keys in the place of those before, or say what is wrong with them."""
    page, form = own.app(app_id), KeysForm()
    try:
        with database.unit_of_work() as session:
            keys.replace(session, page.id, given(form), actor.person(person().id))
    except RegistryError as error:
        for each in error.errors:
            form.refuse(each.field, each.message)
        return show(page, keys_form=form)
    return back(page, _("Replaced. The keys before prove nothing any more."))


@blueprint.post("/apps/<app_id>/keys/read")
@requires(Right.MANAGE_APPS)
def read_keys(app_id: str) -> Any:
    """Read the published keys now, and say what was found, or why nothing was."""
    page = own.app(app_id)
    try:
        found = published_keys.read(page.jwks_uri or "")
    except RegistryError as error:
        return back(page, error.errors[0].message, "warning")
    names = ", ".join(key.kid or _("without a name") for key in found)
    return back(
        page, ngettext("One key was read: %(names)s.", "%(num)d keys were read: %(names)s.", len(found), names=names)
    )
