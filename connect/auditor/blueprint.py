"""The blueprint of the auditor's console."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _

from connect.core.pages.navigation import Area, Link

AREA = Area(_("Ledger"), (Link(_("Console"), "auditor.console", "search"),))

blueprint = Blueprint("auditor", __name__, template_folder="templates")
