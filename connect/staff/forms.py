"""The forms of this room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from connect.core.forms import Form

DECISIONS = [("approved", _("Approve")), ("changes_asked", _("Ask for changes")), ("refused", _("Refuse"))]


class DecisionForm(Form):
    """What a reviewer decides about a version."""

    decision = RadioField(_("What do you decide?"), [InputRequired(_("Choose one."))], choices=DECISIONS)
    comment = TextAreaField(_("Reason"))


class ReasonForm(Form):
    """Why an app is suspended or reinstated."""

    reason = TextAreaField(_("Reason"))
