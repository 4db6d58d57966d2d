"""The forms of this room that have fields of their own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from connect.core.forms import Form

_LONGEST = 100  # characters, however somebody separates eight letters


class DeviceForm(Form):
    """The code that a device shows."""

    user_code = StringField(
        _("Code on your device"),
        [
            InputRequired(_("Type the code that your device shows.")),
            Length(max=_LONGEST, message=_("That is much longer than a code. Type the eight letters alone.")),
        ],
    )
