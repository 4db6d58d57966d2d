"""Webhook endpoints of an app: add, look how they do, send a sample, change the signing secret, remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from apps_registry.queries import AppPage
from connect.accounts.guards import fresh, person, requires
from connect.accounts.roles import Right
from connect.core import actor, database, ids
from connect.core.problems import Problem
from connect.developer import own, shown_once
from connect.developer.blueprint import blueprint
from connect.developer.forms import EndpointForm
from connect.webhooks import emit, queries, services
from connect.webhooks.catalogue import CALL_ENDED
from connect.webhooks.errors import NoSuchEndpoint, WebhookError
from connect.webhooks.models import WebhookEndpoint
from connect.webhooks.queries import AttemptLine, EndpointStatus


@blueprint.route("/apps/<app_id>/webhooks", methods=["GET", "POST"])
@requires(Right.MANAGE_APPS)
def endpoints(app_id: str) -> Any:
    """The app's endpoints, and a form for one more."""
    page, form = own.app(app_id), EndpointForm()
    if form.validate_on_submit():
        try:
            with database.unit_of_work() as session:
                chosen = form.types.data or []
                made = services.add(session, page.id, (form.url.data or "").strip(), chosen, actor.person(person().id))
        except WebhookError as error:
            form.refuse("url", str(error))
        else:
            return _with_secret(page, made.secret)
    body = render_template(
        "developer/endpoints.html",
        app={"id": page.client_id, "name": page.name},
        form=form,
        new_secret=shown_once.take(page.id),
        endpoints=[_shown(line.id) for line in queries.endpoints(page.client_id)],
    )
    return make_response(body, form.status)


@blueprint.post("/apps/<app_id>/webhooks/<endpoint_id>/sample")
@requires(Right.MANAGE_APPS)
def test_endpoint(app_id: str, endpoint_id: str) -> Any:
    """Send a made-up event that holds nobody's data."""
    page = own.app(app_id)
    with database.unit_of_work() as session:
        endpoint = _endpoint(session, page, endpoint_id)
        emit.sample(session, CALL_ENDED, endpoint)
    return _back(page, _("A sample is on its way."))


@blueprint.post("/apps/<app_id>/webhooks/<endpoint_id>/secret")
@requires(Right.MANAGE_APPS)
@fresh
def rotate_endpoint(app_id: str, endpoint_id: str) -> Any:
    """Make another signing secret; the one before signs beside it for a while."""
    page = own.app(app_id)
    with database.unit_of_work() as session:
        endpoint = _endpoint(session, page, endpoint_id)
        made = services.rotate(session, endpoint.id, actor.person(person().id))
    return _with_secret(page, made.secret)


@blueprint.post("/apps/<app_id>/webhooks/<endpoint_id>/remove")
@requires(Right.MANAGE_APPS)
def remove_endpoint(app_id: str, endpoint_id: str) -> Any:
    """End an endpoint; what waits for it is cancelled."""
    page = own.app(app_id)
    with database.unit_of_work() as session:
        endpoint = _endpoint(session, page, endpoint_id)
        services.remove(session, endpoint.id, actor.person(person().id))
    return _back(page, _("Removed."))


def _endpoint(session: Any, page: AppPage, text: str) -> WebhookEndpoint:
    """The endpoint in the address, if it is this app's."""
    try:
        endpoint = services.find(session, ids.decode("whe", text))
    except (ValueError, NoSuchEndpoint):
        endpoint = None
    if endpoint is None or endpoint.app_id != page.id:
        raise Problem("not-found", _("This app has no such endpoint."))
    return endpoint


def _shown(text: str) -> dict[str, Any]:
    endpoint_id = ids.decode("whe", text)
    status, newest = queries.status(endpoint_id), queries.attempts(endpoint_id, limit=1)
    words, kind = _state(status)
    return {
        "id": text,
        "url": status.endpoint.url,
        "state_words": words,
        "state_kind": kind,
        "types": status.endpoint.types,
        "created_at": status.endpoint.created_at,
        "last": _last(newest),
        "waiting": status.counts["pending"] + status.counts["sending"],
    }


def _state(status: EndpointStatus) -> tuple[str, str]:
    if status.endpoint.state != "enabled":
        return _("Off"), "quiet"
    return (_("Failing"), "bad") if status.failing_since else (_("On"), "good")


def _last(newest: Sequence[AttemptLine]) -> dict[str, Any] | None:
    if not newest:
        return None
    line = newest[0]
    got_through = line.status is not None and line.status < 300
    said = _("%(status)d in %(ms)d ms", status=line.status, ms=line.total_ms) if line.status else line.error
    return {"at": line.started_at, "words": said, "kind": "good" if got_through else "bad"}


def _with_secret(page: AppPage, secret: str) -> Any:
    shown_once.keep(page.id, secret)
    return _back(page)


def _back(page: AppPage, words: str = "") -> Any:
    if words:
        flash(words)
    return redirect(url_for("developer.endpoints", app_id=page.client_id), 303)
