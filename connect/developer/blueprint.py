"""The blueprint of the developers' pages."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _

from connect.core.pages.navigation import Area, Link

AREA = Area(
    _("Developer"),
    (
        Link(_("Home"), "developer.home", "code"),
        Link(_("Apps"), "developer.apps", "list-checks"),
    ),
)

blueprint = Blueprint("developer", __name__, template_folder="templates", url_prefix="/developer")
