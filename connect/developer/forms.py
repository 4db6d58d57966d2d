"""The forms of this room. The rules are the registry's; here only what a form needs to be one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import (
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from apps_registry import words
from connect.core.forms import Form
from connect.webhooks.catalogue import EVENT_TYPES

_: Any = lazy_gettext  # WTForms takes lazy texts where its types say str

KINDS = [SelectChoice(name, words.KINDS[name]) for name in ("confidential", "public", "native", "service", "device")]
PROOFS = [
    SelectChoice("secret", _("By a client secret, or by PKCE alone where it cannot keep one")),
    SelectChoice("key", _("By a key of its own (private_key_jwt)")),
    SelectChoice("fapi", _("FAPI 2.0: by a key of its own, with pushed requests, and tokens bound to a key (DPoP)")),
]
OVERLAPS = [
    SelectChoice("0", _("ends now")),
    SelectChoice("1", _("works for 1 hour")),
    SelectChoice("24", _("works for 1 day")),
    SelectChoice("72", _("works for 3 days")),
    SelectChoice("168", _("works for 7 days")),
]


class NewAppForm(Form):
    """A new app, but for its scopes, which stand in a picker of their own (picker.py)."""

    name = StringField(_("Name"))
    legal_developer = StringField(_("Legal name of the developer"))
    description = TextAreaField(_("What it does, in a sentence or two"))
    home_url = URLField(_("Home page"))
    privacy_policy_url = URLField(_("Privacy policy"))
    support_email = EmailField(_("E-mail for questions"))
    retention_days = IntegerField(_("Days kept"), [InputRequired(_("Enter a number of days."))], default=30)
    client_kind = RadioField(_("Kind of app"), [InputRequired(_("Choose a kind."))], choices=KINDS)
    proof = RadioField(_("How it proves who it is"), choices=PROOFS, default="secret")
    jwks = TextAreaField(_("Public keys"))
    jwks_uri = URLField(_("Address of public keys"))
    redirect_uris = TextAreaField(_("Redirect URIs"))
    connect_url = URLField(_("Address where people start"))


class ScopesForm(Form):
    """The CSRF token; the rows are read by picker.py."""


class RedirectForm(Form):
    """One more redirect URI."""

    uri = StringField(_("Add a redirect URI"))


class TesterForm(Form):
    """One more account that may connect the app while it is tested."""

    account = StringField(_("Add a business by its id"))


class RotateForm(Form):
    """A new secret: how long the one before lives on."""

    overlap = SelectField(_("The secret before it"), choices=OVERLAPS, default="24")


class KeysForm(Form):
    """Other public keys, by value or by address."""

    jwks = TextAreaField(_("Other public keys"))
    jwks_uri = URLField(_("Address of public keys"))


class EndpointForm(Form):
    """One more webhook endpoint."""

    url = URLField(_("Address"))
    types = SelectMultipleField(
        _("Events"),
        choices=[SelectChoice(name, name) for name in EVENT_TYPES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
