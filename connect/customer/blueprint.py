"""The blueprint of a customer's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("customer", __name__, template_folder="templates")
