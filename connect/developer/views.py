"""A developer's pages: home, the apps of the team, one app with everything about it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from apps_registry import queries
from connect.accounts.guards import requires
from connect.accounts.roles import Right
from connect.core import settings
from connect.developer import own, presenting, shown_once
from connect.developer.app_page import show
from connect.developer.blueprint import blueprint
from connect.grants import queries as grants

_ON_HOME = 5


@blueprint.get("/")
@requires(Right.MANAGE_APPS)
def home() -> str:
    """Where a developer arrives."""
    base_url = settings.current().base_url
    return render_template(
        "developer/home.html", team=_team(), apps=_cards()[:_ON_HOME], base_url=base_url, sandbox=None
    )


@blueprint.get("/apps")
@requires(Right.MANAGE_APPS)
def apps() -> str:
    """All apps of the developer's teams."""
    return render_template("developer/apps.html", team=_team(), apps=_cards())


@blueprint.get("/apps/<app_id>")
@requires(Right.MANAGE_APPS)
def app(app_id: str) -> Any:
    """One app; a secret that was just made is shown here, once."""
    page = own.app(app_id)
    return show(page, new_secret=shown_once.take(page.id))


def _team() -> dict[str, str]:
    return {"name": own.team().place_name}


def _cards() -> list[dict[str, Any]]:
    lines = queries.apps(own.team_ids())
    counts = grants.live_counts(line.id for line in lines)
    return [presenting.card(line, counts) for line in lines]
