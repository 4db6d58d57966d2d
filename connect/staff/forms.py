"""The forms of this room."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from connect.core.forms import Form

_: Any = lazy_gettext  # WTForms takes lazy texts where its types say str

DECISIONS = [
    SelectChoice("approved", _("Approve")),
    SelectChoice("changes_asked", _("Ask for changes")),
    SelectChoice("refused", _("Refuse")),
]


class DecisionForm(Form):
    """What a reviewer decides about a version."""

    decision = RadioField(_("What do you decide?"), [InputRequired(_("Choose one."))], choices=DECISIONS)
    comment = TextAreaField(_("Reason"))


class ReasonForm(Form):
    """Why an app is suspended or reinstated."""

    reason = TextAreaField(_("Reason"))
