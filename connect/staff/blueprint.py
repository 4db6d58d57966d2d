"""The blueprint of the vendor's staff."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _

from connect.core.pages.navigation import Area, Link

AREA = Area(
    _("Staff"),
    (
        Link(_("Reviews"), "staff.reviews", "list-checks"),
        Link(_("Apps"), "staff.apps", "plug"),
        Link(_("Health"), "staff.health", "monitor"),
    ),
)

blueprint = Blueprint("staff", __name__, template_folder="templates", url_prefix="/staff")
