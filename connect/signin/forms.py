"""The forms of this room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from connect.accounts.passwords import LONGEST
from connect.core.forms import Form


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(_("E-mail"), [InputRequired(_("Enter your e-mail address.")), Length(max=320)])
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password.")), Length(max=LONGEST)])


class ConfirmForm(Form):
    """The password once more."""

    password = PasswordField(_("Password"), [InputRequired(_("Enter your password.")), Length(max=LONGEST)])


class PasswordForm(Form):
    """A new password, with the declaration of age where it was not made before (P11)."""

    password = PasswordField(_("Password"), [InputRequired(_("Choose a password."))])
    adult = BooleanField(_("I am 18 years or older"))


class ProfileForm(Form):
    """What a person may correct (P9)."""

    name = StringField(_("Name"), [InputRequired(_("Enter your name.")), Length(max=200)])
