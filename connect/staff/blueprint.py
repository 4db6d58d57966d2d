"""The blueprint of the vendor's staff."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("staff", __name__, template_folder="templates", url_prefix="/staff")
