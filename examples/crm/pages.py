"""The pages: connect, list calls, read all, deliveries, disconnect. The session cookie is SameSite=Lax, so forms need no more."""

from __future__ import annotations

import secrets
import time

from authlib.integrations.base_client import OAuthError
from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from examples.crm import voicetree
from examples.crm.voicetree import Refused

pages = Blueprint("pages", __name__)


@pages.get("/")
def home() -> str:
    """Connect, or what is connected."""
    return render_template("home.html", link=voicetree.link())


@pages.get("/connect")
def connect() -> Response:
    """Send the browser to the consent page; Authlib keeps `state` and the PKCE verifier in the session."""
    answer: Response = voicetree.client().authorize_redirect(current_app.config["REDIRECT_URI"])
    return answer


@pages.get("/callback")
def callback() -> Response | tuple[str, int]:
    """The browser comes back with a code, or with the customer's no."""
    try:
        voicetree.finish_connecting(session.get("workspace") or secrets.token_urlsafe(16))
    except OAuthError as error:
        title = "Not connected" if error.error == "access_denied" else "Connecting failed"
        return _problem(Refused(title, error.description or error.error, 400))
    return redirect(url_for("pages.calls"))


@pages.get("/calls")
def calls() -> str | Response:
    """One page of calls; the cursor leads to the next."""
    if (link := voicetree.link()) is None or link.token is None:
        return redirect(url_for("pages.home"))
    page = voicetree.calls(request.args.get("cursor", ""), limit=25)
    lines = {number["id"]: number for number in voicetree.get("/v1/numbers", limit=100)["data"]}
    return render_template("calls.html", link=link, calls=page["data"], next=page["page"]["next"], lines=lines)


@pages.post("/calls/all")
def read_all() -> str | Response:
    """Page through everything the grant shows."""
    if (link := voicetree.link()) is None or link.token is None:
        return redirect(url_for("pages.home"))
    began, pages, seen = time.monotonic(), 0, set[str]()
    for page in voicetree.every_page():
        pages += 1
        seen.update(call["id"] for call in page)
    seconds = time.monotonic() - began
    return render_template("read_all.html", link=link, count=len(seen), pages=pages, seconds=seconds)


@pages.get("/deliveries")
def deliveries() -> str | Response:
    """What the webhook receiver took in."""
    if (link := voicetree.link()) is None:
        return redirect(url_for("pages.home"))
    return render_template("deliveries.html", link=link, deliveries=voicetree.store().deliveries(link.grant_id))


@pages.post("/disconnect")
def disconnect() -> Response:
    """Give the tokens back."""
    if (link := voicetree.link()) is not None:
        voicetree.disconnect(link)
    return redirect(url_for("pages.home"))


@pages.errorhandler(Refused)
def _problem(refused: Refused) -> tuple[str, int]:
    return render_template("problem.html", link=voicetree.link(), problem=refused), refused.status
