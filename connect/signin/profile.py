"""What a signed-in person sees of themselves: profile and roles, where they are signed in, the business they work in."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connect.accounts import people, returning, sessions
from connect.accounts.errors import InvalidPerson
from connect.accounts.guards import person, signed_in
from connect.accounts.person import Seat
from connect.accounts.roles import ROLES, Place
from connect.core import actor, database, ids
from connect.core.problems import Problem
from connect.signin import devices, waiting
from connect.signin.blueprint import blueprint
from connect.signin.forms import ProfileForm


@blueprint.route("/profile", methods=["GET", "POST"])
@signed_in
def profile() -> Any:
    """Correct one's name (P9)."""
    who = person()
    form = ProfileForm(data={"name": who.name})
    if form.validate_on_submit():
        try:
            with database.unit_of_work() as session:
                people.rename(session, who.id, form.name.data, actor.person(who.id))
        except InvalidPerson as error:
            form.refuse(error.field, error.message)
        else:
            flash(_("Saved."))
            return redirect(url_for("signin.profile"), 303)
    memberships = [_membership(seat) for seat in who.seats]
    body = render_template("signin/profile.html", form=form, person=who, memberships=memberships)
    return make_response(body, form.status)


@blueprint.get("/sessions", endpoint="sessions")
@signed_in
def list_sessions() -> str:
    """Where this person is signed in."""
    lines = [
        {
            "id": ids.encode("ses", line.id),
            "device": devices.words(line.agent),
            "address": line.address,
            "authenticated_at": line.authenticated_at,
            "last_seen_at": line.last_seen_at,
            "expires_at": line.expires_at,
            "current": line.id == person().session_id,
        }
        for line in sessions.of_person(person().id)
    ]
    return render_template("signin/sessions.html", sessions=lines)


@blueprint.post("/sessions/<session_id>/end")
@signed_in
def end_session(session_id: str) -> Any:
    """Sign one browser out; one that is not this person's, or ended, changes nothing."""
    try:
        decoded = ids.decode("ses", session_id)
    except ValueError as error:
        raise Problem("not-found", _("There is no such session.")) from error
    with database.unit_of_work() as session:
        sessions.end(session, person().id, decoded)
    flash(_("Signed out there."))
    return redirect(url_for("signin.sessions"), 303)


@blueprint.route("/sign-in/account", methods=["GET", "POST"])
@signed_in
def choose_account() -> Any:
    """Pick the business to work in, among those one has a role in."""
    held = {ids.encode("acc", account_id): name for account_id, name in person().accounts().items()}
    if not held:
        raise Problem("forbidden", _("You have no role in a business. Ask an owner of yours to give you one."))
    if request.method == "POST":
        return _work_in(request.form.get("account", ""), held)
    return render_template(
        "signin/choose_account.html", accounts=_choices(held), app_name=waiting.app_name(waiting.found())
    )


def _work_in(chosen: str, held: dict[str, str]) -> Any:
    if chosen not in held:
        raise Problem("forbidden", _("Choose one of your own businesses."))
    with database.unit_of_work() as session:
        sessions.choose_account(session, person().session_id, ids.decode("acc", chosen))
    return redirect(returning.take() or url_for("signin.home"), 303)


def _choices(held: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": key,
            "name": name,
            "role": person().roles_in(ids.decode("acc", key)),
            "chosen": ids.decode("acc", key) == person().account_id,
        }
        for key, name in held.items()
    ]


def _membership(seat: Seat) -> dict[str, Any]:
    place = seat.place_name if seat.place is not Place.STAFF else _("VoiceTree staff")
    place_id = ids.encode("acc", seat.account_id) if seat.account_id else None
    return {"place": place, "place_id": place_id, "role": str(ROLES[seat.role].words), "until": seat.until}
