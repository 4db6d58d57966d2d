"""Signing in, out, and confirming it is you. After a sign-in a person goes on to the authorization request that waits for them, by
its id, or to the page they came for (connect.accounts.returning); never to an address that a link brought along.
"""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connect.accounts import browser, passwords, people, returning, sessions
from connect.accounts.errors import InvalidPerson, LinkEnded
from connect.accounts.guards import person, public, signed_in
from connect.accounts.people import Proved
from connect.core import database, limits, settings
from connect.core.forms import Form
from connect.core.pages import navigation
from connect.signin import waiting
from connect.signin.blueprint import blueprint
from connect.signin.forms import ConfirmForm, PasswordForm, SignInForm


@blueprint.get("/")
@public
def home() -> Any:
    """Where a person's first page is; for anybody else, the sign-in page."""
    if g.person is None:
        return redirect(url_for("signin.sign_in"), 303)
    if g.person.account_id is None and g.person.accounts():
        return redirect(url_for("signin.choose_account"), 303)
    found = navigation.home()
    return redirect(found if found != "/" else url_for("signin.profile"), 303)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """E-mail and password. What is said, and how long it takes, does not tell whether somebody has that e-mail address."""
    form = SignInForm()
    if form.validate_on_submit():
        proved = _prove(form.email.data, form.password.data)
        if proved:
            return _enter(proved)
        form.refuse("", _("The e-mail address or the password is not right."))
    found = waiting.found()
    if request.method == "GET":
        form.email.data = waiting.login_hint(found)
    return _page("signin/sign_in.html", form, app_name=waiting.app_name(found))


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> Any:
    """Choose a password by a one-time link; opening it does not use it up."""
    try:
        holder = people.holder_of_link(token)
    except LinkEnded:
        return _link_ended()
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            passwords.check(form.password.data, holder.email)
            return _set_password(token, form.password.data, adult=form.adult.data)
        except LinkEnded:
            return _link_ended()
        except InvalidPerson as error:
            form.refuse(error.field, error.message)
    least = settings.current().password_min_length
    page = _page("signin/set_password.html", form, person=holder, min_length=least, ask_adult=not holder.adult)
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return page


@blueprint.route("/sign-in/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> Any:
    """Step-up: the password once more, for an act that asks for a fresh sign-in."""
    form = ConfirmForm()
    if form.validate_on_submit():
        proved = _prove(person().email, form.password.data)
        if proved and proved.person_id == person().id:
            return _step_up()
        form.refuse("password", _("This is not your password."))
    minutes = max(1, int(settings.current().fresh_sign_in.total_seconds() // 60))
    words = _("What you are about to do asks for it.")
    return _page("signin/confirm.html", form, person=person(), minutes=minutes, act_words=words)


@blueprint.post("/sign-out")
@public
def sign_out() -> Any:
    """End this browser's session."""
    if g.person is not None:
        with database.unit_of_work() as session:
            sessions.end(session, g.person.id, g.person.session_id)
    return _gone(_("You are signed out."))


@blueprint.post("/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Any:
    """End every session of this person, this one too."""
    with database.unit_of_work() as session:
        sessions.end_all(session, person().id)
    return _gone(_("You are signed out everywhere."))


def _prove(email: str, password: str) -> Proved | None:
    """Whose these are. Attempts are counted for the address and for the e-mail, right or wrong, before anything is looked up."""
    rate = settings.current().sign_in_rate
    limits.hit("sign-in address", browser.address(), rate)
    limits.hit("sign-in e-mail", email.strip().lower(), rate)
    return people.authenticate(email, password)


def _enter(proved: Proved) -> Response:
    """A new session in this browser; one that was there before is ended."""
    onward = _onward()
    with database.unit_of_work() as session:
        people.replace_hash(session, proved)
        if g.person is not None:
            sessions.end(session, g.person.id, g.person.session_id)
        value = sessions.start(session, proved.person_id, browser.address(), request.user_agent.string)
    browser.adopt(value)
    return redirect(onward, 303)  # type: ignore[return-value]


def _step_up() -> Response:
    onward = returning.take() or url_for("signin.home")
    with database.unit_of_work() as session:
        value = sessions.step_up(session, person().session_id)
    browser.adopt(value)
    return redirect(onward, 303)  # type: ignore[return-value]


def _set_password(token: str, password: str, *, adult: bool) -> Response:
    hashed = passwords.make_hash(password)
    with database.unit_of_work() as session:
        holder = people.set_password(session, token, hashed, adult=adult)
    return _enter(Proved(holder.id, None))


def _onward() -> str:
    return waiting.path() or returning.take() or url_for("signin.home")


def _gone(words: str) -> Response:
    browser.forget()
    flash(words)
    return redirect(url_for("signin.sign_in"), 303)  # type: ignore[return-value]


def _link_ended() -> tuple[str, int]:
    limits.hit("one-time link", browser.address(), settings.current().sign_in_rate)
    return render_template("signin/link_ended.html"), 410


def _page(template: str, form: Form, **context: Any) -> Response:
    return make_response(render_template(template, form=form, **context), form.status)
