"""Languages of the pages: English now; the texts are marked, so that others need no change of code."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel

LANGUAGES = ("en",)


def install(app: Flask) -> None:
    """Choose the language of each request: the person's own, else the first that the browser asks for and we have."""
    Babel(app, default_locale="en", default_timezone="Asia/Kolkata", locale_selector=language)


def language() -> str:
    """Language tag of this request."""
    return str(g.get("language") or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0])
