"""The signed-in browser: its one cookie, and who it stands for in each request.

The cookie is Flask's own, signed with a key under the master key. It holds the random value of the session (the row has its SHA-256),
the CSRF token, and what is shown once. It is emptied at sign-in, step-up and sign-out, so the CSRF token changes with the session.
"""

from __future__ import annotations

from flask import Flask, g, request, session

from connect.accounts import sessions
from connect.accounts.person import CurrentPerson
from connect.accounts.roles import Place, Right
from connect.core import database, paths, settings
from connect.core.pages.navigation import Viewer

_VALUE = "sid"
_NAME = "vtc_session"


def install(app: Flask) -> None:
    """Name the cookie and look up its person before each page. With https it is a __Host- cookie: no other host can set it."""
    config = settings.current()
    app.config |= {
        "SESSION_COOKIE_NAME": f"__Host-{_NAME}" if config.https else _NAME,
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": config.session_absolute,
    }
    app.before_request(_load)


def adopt(value: str) -> None:
    """Let this browser stand for the session of `value`; nothing that was in the cookie before stays."""
    session.clear()
    session.permanent = True
    session[_VALUE] = value


def forget() -> None:
    """Empty the cookie."""
    session.clear()


def address() -> str:
    """The address of the caller, as trusted proxies give it."""
    return request.remote_addr or ""


def _load() -> None:
    g.person = None
    if paths.of_a_machine() or request.endpoint == "pages.static":
        return
    value = session.get(_VALUE)
    person = sessions.load(value) if value else None
    if person is None:
        return
    g.person, g.viewer = person, _viewer(person)
    if sessions.needs_touch(person.last_seen_at):
        with database.unit_of_work() as unit:
            sessions.touch(unit, person.session_id)


def _viewer(person: CurrentPerson) -> Viewer:
    """What the header shows."""
    team = next((seat.place_name for seat in person.seats if seat.team_id), "")
    enters = {
        "customer": person.may(Right.LOOK),
        "developer": person.may(Right.MANAGE_APPS),
        "auditor": person.may(Right.READ_LEDGER) or person.may(Right.READ_ALL_LEDGERS),
        "staff": person.may(Right.STAFF),
    }
    place = person.account_name or team or (Place.STAFF.value if person.is_staff else "")
    return Viewer(person.name, place, tuple(area for area, may in enters.items() if may))
