"""Where a person goes on after they signed in or confirmed it is them: kept in the signed cookie, never taken from an address.

Only a path of this site is kept, so that nothing an app or a link says can send a person elsewhere.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request, session

from connect.core import settings

_KEY = "go_on"
_LONGEST = 1500  # a cookie has room for 4,096 bytes


def remember() -> None:
    """Come back to the page that is being asked for; where a form was sent, to the page that held the form."""
    go_on_to(request.full_path.rstrip("?") if request.method == "GET" else _page_of_the_form())


def go_on_to(path: str) -> None:
    """Go on to `path` of this site, which the view made itself."""
    if path and len(path) <= _LONGEST:
        session[_KEY] = path


def peek() -> str:
    """The path to go on to, empty without one."""
    return str(session.get(_KEY, ""))


def take() -> str | None:
    """The whole address to go on to, once; None without one."""
    path = session.pop(_KEY, None)
    return f"{settings.current().base_url}{path}" if path else None


def _page_of_the_form() -> str:
    """The path of the referring page when it is ours: our pages send it within the site (Referrer-Policy: same-origin)."""
    parts = urlsplit(request.referrer or "")
    if f"{parts.scheme}://{parts.netloc}" != settings.current().base_url or not parts.path.startswith("/"):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
