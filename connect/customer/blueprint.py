"""The blueprint of a customer's pages."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _

from connect.core.pages.navigation import Area, Link
from connect.core.paths import Paths

AREA = Area(
    _("Your business"),
    (
        Link(_("Home"), "customer.home", "building-2"),
        Link(_("Connected apps"), "customer.connected_apps", "plug"),
    ),
)
PATHS = Paths(leading_out=("/consent/",))

blueprint = Blueprint("customer", __name__, template_folder="templates")
