"""The blueprint of the pages on which a person proves who they are, and sees where they are signed in."""

from __future__ import annotations

from flask import Blueprint

from connect.core.paths import Paths

PATHS = Paths(leading_out=("/sign-in",))

blueprint = Blueprint("signin", __name__, template_folder="templates")
