"""CSRF: a token in every form (Flask-WTF), and where a browser says where a request comes from, it must be from here.

Flask-WTF's strict referrer check is off: a page without a referrer would be refused. Sec-Fetch-Site is what browsers cannot be made to
forge; a browser that does not send it is held by the token alone.
"""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from connect.core import keyring, paths
from connect.core.problems import Problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FROM_HERE = frozenset({"same-origin", "none"})

protect = CSRFProtect()


def install(app: Flask) -> None:
    """Protect every page of `app`; the machine endpoints authenticate by token and take no cookie."""
    app.config |= {
        "SECRET_KEY": keyring.key("flask-session"),
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }
    protect.init_app(app)
    app.before_request(_check)


def _check() -> None:
    if request.method in _SAFE or paths.of_a_machine():
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in _FROM_HERE:
        raise Problem("forbidden", "This form was sent from another site. Open the page here and send it again.")
    try:
        protect.protect()
    except CSRFError as error:
        raise Problem(
            "forbidden",
            "This form is out of date or was not made by this site. Open the page again and send it once more.",
        ) from error
