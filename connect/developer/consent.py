"""What customers will see: the consent page of a version, on rows that are made up. Nothing on it can be answered or changed."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from apps_registry import clients, words
from apps_registry.queries import AppPage, VersionPage
from apps_registry.versions import DRAFT, IN_REVIEW
from connect.accounts.guards import requires
from connect.accounts.roles import Right
from connect.core import clock
from connect.core.i18n import language
from connect.core.problems import Problem
from connect.developer import own
from connect.developer.blueprint import blueprint
from connect.disclosure.asking import EVERY_ANSWER, Asking, ask
from connect.disclosure.consent import view
from connect.disclosure.preview import sample

_IN_WORK = frozenset({DRAFT, IN_REVIEW})


def versions(page: AppPage) -> list[VersionPage]:
    """The version in work and the one in force, newest first, as far as they ask a customer for anything."""
    client = clients.find_client(page.client_id)
    in_force = client.version.id if client and client.version else None
    in_work = page.versions[0].id if page.versions and page.versions[0].state in _IN_WORK else None
    return [version for version in page.versions if version.id in {in_work, in_force} and version.scopes]


@blueprint.get("/apps/<app_id>/consent")
@requires(Right.MANAGE_APPS)
def consent(app_id: str) -> str:
    """The page as it opens, or with every box ticked (`ticked=all`), of the newest such version or the one that is named."""
    page = own.app(app_id)
    found = versions(page)
    version = _wanted(found)
    asking = _asking(page, version)
    everything = request.args.get("ticked") == "all"
    choice = asking.first_choice(asking.optional if everything else frozenset())
    return render_template(
        "developer/consent.html",
        view=view(asking, choice, sample, EVERY_ANSWER),
        back_url=url_for("developer.app", app_id=page.client_id),
        account_name=_("Example Traders"),
        versions=[_line(page, each, everything, current=each is version) for each in found],
        everything=everything,
        turn_url=_url(page, version, not everything) if asking.optional else None,
    )


def _wanted(found: list[VersionPage]) -> VersionPage:
    number = request.args.get("version", type=int)
    version = next((each for each in found if number in {None, each.number}), None)
    if version is None:
        raise Problem("not-found", _("There is no such version that customers are asked for."))
    return version


def _asking(page: AppPage, version: VersionPage) -> Asking:
    """All that it may ask, now, of a business in the zone in which pages show times."""
    standing = version.when_in_force()
    zone = str(get_timezone())
    return ask(page, standing, standing.scopes, asked_at=clock.now(), timezone=zone, language=language())


def _line(page: AppPage, version: VersionPage, everything: bool, *, current: bool) -> dict[str, Any]:
    return {
        "number": version.number,
        "state_words": words.VERSION_STATES[version.state].words,
        "href": _url(page, version, everything),
        "current": current,
    }


def _url(page: AppPage, version: VersionPage, everything: bool) -> str:
    ticked = "all" if everything else None
    return url_for("developer.consent", app_id=page.client_id, version=version.number, ticked=ticked)
