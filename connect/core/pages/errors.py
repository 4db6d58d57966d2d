"""Errors as pages: what happened, what to do now, and the request id to quote. Machines get problem documents instead."""

from __future__ import annotations

from dataclasses import dataclass

from flask import make_response, render_template
from flask.wrappers import Response
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import default_exceptions


@dataclass(frozen=True)
class Words:
    """The heading of an error page and the sentence that says what the reader can do."""

    heading: LazyString
    advice: LazyString


WORDS: dict[int, Words] = {
    400: Words(_("That request did not make sense to us"), _("Go back, check what you entered, and try again.")),
    401: Words(_("Please sign in"), _("Sign in and open the page again.")),
    403: Words(_("You cannot do this"), _("Your role does not allow it. Ask an owner or admin of your business.")),
    404: Words(
        _("There is no such page"),
        _("If you typed the address, check it. If you followed a link, what it led to may have ended."),
    ),
    405: Words(_("This page cannot be used that way"), _("Go back to the page before and use its buttons.")),
    409: Words(_("Things changed in the meantime"), _("Open the page again to see how they stand now.")),
    410: Words(_("This has ended"), _("Start again from where you came.")),
    413: Words(_("That was too large"), _("Send less at a time, or a smaller file.")),
    429: Words(_("Too many tries"), _("Wait a little and try again.")),
    500: Words(_("Something broke on our side"), _("Nothing was changed. Try again; if it stays broken, tell us.")),
    503: Words(
        _("Not available at the moment"), _("We could not do this safely now, so we did nothing. Try again soon.")
    ),
}


# werkzeug's own sentences say less than ours, and in English only.
_LIBRARY_WORDS = frozenset(error.description for error in default_exceptions.values())


def error_page(status: int, request_id: str, detail: str | None = None) -> Response:
    """The page for `status`; `detail` is a sentence for the reader, shown as text; `request_id` is what they may quote."""
    words = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    if detail in _LIBRARY_WORDS:
        detail = None
    body = render_template("errors/error.html", status=status, words=words, detail=detail, request_id=request_id)
    return make_response(body, status)
