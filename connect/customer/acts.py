"""What a business does to an app it connected: disconnect, pause, resume, confirm. Each is a form with one button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from apps_registry import queries as registry
from connect.accounts.guards import person, requires
from connect.accounts.roles import Right
from connect.core import actor, database
from connect.core.actor import Actor
from connect.customer import own, presenting
from connect.customer.blueprint import blueprint
from connect.customer.refusals import refusal
from connect.grants import services
from connect.grants.errors import GrantEnded, RoleTooLow
from connect.grants.models import Grant
from connect.grants.queries import GrantView


@blueprint.get("/connected-apps/<grant_id>/disconnect")
@requires(Right.CHANGE_GRANTS)
def revoke(grant_id: str) -> str:
    """What follows when the app is disconnected (as Australia's Consumer Data Right wants it: consequences first)."""
    grant = own.grant(grant_id)
    app = registry.app_page(grant.app_id)
    return render_template(
        "customer/revoke.html",
        grant={"id": grant_id},
        app={"name": app.name, "developer": app.legal_developer},
        consequences=[
            _("%(app)s can read nothing from its next request on.", app=app.name),
            _("Messages about new calls that have not been sent yet are not sent."),
            _("To connect it again, you start in the app and see the page of consent anew."),
        ],
        held_words=_(
            "What %(developer)s already holds is not deleted by this. Ask them to delete it; their privacy policy says how.",
            developer=app.legal_developer or app.name,
        ),
    )


@blueprint.post("/connected-apps/<grant_id>/disconnect")
@requires(Right.CHANGE_GRANTS)
def do_revoke(grant_id: str) -> Any:
    """End the grant; a second press changes nothing."""
    grant = own.grant(grant_id)
    return _do(
        grant,
        partial(services.revoke, reason="customer"),
        _("%(app)s is disconnected. Its next request will be refused.", app=grant.app_name),
    )


@blueprint.post("/connected-apps/<grant_id>/pause")
@requires(Right.CHANGE_GRANTS)
def pause(grant_id: str) -> Any:
    """Stop the app from reading until it is resumed; a second press changes nothing."""
    grant = own.grant(grant_id)
    done = _("%(app)s is paused. Its next request will be refused, until somebody resumes it.", app=grant.app_name)
    return _do(grant, services.pause, done)


@blueprint.post("/connected-apps/<grant_id>/resume")
@requires(Right.CHANGE_GRANTS)
def resume(grant_id: str) -> Any:
    """Let a paused app read again; a second press changes nothing."""
    grant = own.grant(grant_id)
    return _do(grant, services.resume, _("%(app)s can read again, from its next request on.", app=grant.app_name))


@blueprint.post("/connected-apps/<grant_id>/confirm")
@requires(Right.GIVE)
def confirm(grant_id: str) -> Any:
    """Stand behind what somebody allowed who may not any more; a second press changes nothing."""
    grant = own.grant(grant_id)
    return _do(grant, services.confirm, _("%(app)s goes on, and you stand behind it.", app=grant.app_name))


def _do(grant: GrantView, act: Callable[[Session, UUID, UUID, Actor], Grant], done: str) -> Any:
    """Carry out `act` as the person who pressed, and go back to the app's page, which says what happened."""
    try:
        with database.unit_of_work() as session:
            act(session, grant.account_id, grant.id, actor.person(person().id))
    except GrantEnded:
        flash(_("The connection of %(app)s has ended already.", app=grant.app_name), "info")
    except RoleTooLow as error:
        raise refusal(error, person().account_name) from error
    else:
        flash(done, "good")
    return redirect(url_for("customer.connected_app", grant_id=presenting.grant_id(grant)), 303)
