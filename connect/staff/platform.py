"""Is the platform well; and, in development, the mail that would have been sent."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from connect.accounts.guards import requires
from connect.accounts.roles import Right
from connect.core import database, mail, settings
from connect.core import health as signs
from connect.core.pages import status
from connect.core.problems import Problem
from connect.staff.blueprint import blueprint


@blueprint.get("/health")
@requires(Right.STAFF)
def health() -> str:
    """What this process sees now."""
    config = settings.current()
    facts = [
        (_("Version"), version("voicetree-connect")),
        (_("Mode"), config.mode),
        (_("Database"), database.dialect()),
        (_("Address"), config.base_url),
    ]
    return render_template("staff/health.html", checks=_checks(), workers=_workers(), facts=facts)


@blueprint.get("/mailbox")
@requires(Right.STAFF)
def mailbox() -> str:
    """The newest mail; in production there is no such page, since mail is its recipient's."""
    if settings.current().production:
        raise Problem("not-found", _("There is no mailbox here."))
    return render_template("staff/mailbox.html", letters=mail.newest())


def _checks() -> list[dict[str, Any]]:
    return [
        {
            "name": check.name,
            "ok": check.works,
            "words": "" if check.works else _("No answer."),
            "since": check.since,
            "fix": "" if check.works else _("Look at the log of this process, and restart it."),
        }
        for check in status.checks()
        if check.since is None  # what has signs of life stands among the workers
    ]


def _workers() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "state_words": _("working") if signs.is_alive(beat) else _("silent"),
            "state_kind": "good" if signs.is_alive(beat) else "bad",
            "beat_at": beat,
            "words": "",
        }
        for name, beat in sorted(signs.beats().items())
    ]
