"""/device: a person types the code that their device shows, and goes on to the ordinary page of consent (RFC 8628 3.3).

Wrong codes are counted by address and, of who is signed in, by person, so that nobody can try them all (RFC 8628 5.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from apps_registry import queries as registry
from connect.accounts import browser
from connect.accounts.guards import person, public, requires
from connect.accounts.roles import Right
from connect.core import ids, limits, settings
from connect.core.problems import Problem
from connect.customer.blueprint import blueprint
from connect.customer.forms import DeviceForm
from connect.oauth import requests, user_codes
from connect.oauth.requests import AuthorizationRequest


@blueprint.route(requests.DEVICE, methods=["GET", "POST"])
@public
def device() -> Any:
    """The code is in the link where the device showed one to follow (3.3.1); the person still compares it and presses the button."""
    form = DeviceForm()
    if form.validate_on_submit():
        found = _look_up(form)
        if found is not None:
            return redirect(url_for("customer.consent", request_id=requests.text_id(found.id)), 303)
    code = user_codes.read(request.args.get("user_code", ""))
    followed = request.method == "GET" and len(code) == user_codes.LENGTH
    if followed:
        form.user_code.data = user_codes.shown(code)
    return make_response(render_template("customer/device.html", form=form, followed=followed), form.status)


@blueprint.get(f"{requests.DEVICE}/<request_id>")
@requires(Right.LOOK)
def device_answered(request_id: str) -> str:
    """After the answer: nothing leads back to a device but its person."""
    try:
        found = requests.load(ids.decode(requests.PREFIX, request_id))
    except ValueError:
        found = None
    if found is None or not found.user_code or not found.decision or found.session_id != person().session_id:
        raise Problem("not-found", _("You have answered no such device."))
    allowed = found.decision == requests.ALLOWED
    return render_template("customer/device_answered.html", app_name=registry.app_name(found.app_id), allowed=allowed)


def _look_up(form: DeviceForm) -> AuthorizationRequest | None:
    """The open request of the code in the form; None where there is none, which the form then says."""
    code = user_codes.read(form.user_code.data or "")
    if len(code) != user_codes.LENGTH:
        form.refuse("user_code", _("A code has eight letters and no vowels. Dashes, spaces and case do not matter."))
        return None
    for look in _counted(limits.peek):
        look()
    found = requests.of_user_code(code)
    if found is not None and found.open:
        return found
    for count in _counted(limits.hit):
        count()
    form.refuse("user_code", _why_not(found))
    return None


def _counted(act: Callable[[str, str, str], None]) -> Iterator[Callable[[], None]]:
    """`act` for each of those whose wrong codes are counted."""
    rate = settings.current().user_code_rate
    yield partial(act, "user code address", browser.address(), rate)
    if g.person is not None:
        yield partial(act, "user code person", str(g.person.id), rate)


def _why_not(found: AuthorizationRequest | None) -> str:
    if found is None:
        return _("No device shows this code at the moment. Compare each letter with your device.")
    if found.decision:
        return _("This code was used already. If your device still waits, start again there to get a new code.")
    return _("This code has expired. Start again on your device to get a new code.")
