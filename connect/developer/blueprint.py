"""The blueprint of the developers' pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("developer", __name__, template_folder="templates", url_prefix="/developer")
