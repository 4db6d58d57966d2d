"""Chromium checks the whole chain of redirects after a form: an app whose callback leads on to another host gets its answer."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from apps_registry import services as registry
from connect.core import actor, database
from tests.support import world
from tests.support.browser import Visitor, no_sideways_scroll
from tests.support.flow import PASSWORD, Flow
from tests.support.peer import Peer, reply
from tests.support.servers import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("button", ["Allow", "Do not allow"])
def test_the_answer_arrives_also_where_the_callback_leads_on_to_another_host(
    live_server: LiveServer, open_page: Visitor, button: str, scripts: bool
) -> None:
    arrived = Peer(lambda _request, send: send(reply(200, b"<title>Arrived</title>", Content_Type="text/html")), None)
    with arrived.running():
        onward = Peer(
            lambda request, send: send(reply(302, Location=f"http://localhost:{arrived.port}{request.path}")), None
        )
        with onward.running():
            there = _app_that_returns_to(f"http://127.0.0.1:{onward.port}/callback")
            flow = Flow(live_server.app, there)
            flow.set_password()
            page = open_page(scripts=scripts)
            page.goto(
                f"{live_server.url}{flow.authorize_path(redirect_uri=f'http://127.0.0.1:{onward.port}/callback')}"
            )
            page.get_by_label("E-mail").fill(there.email)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name=button, exact=True).click()
            expect(page).to_have_title("Arrived")
            answer = parse_qs(urlsplit(page.url).query)
    assert urlsplit(page.url).hostname == "localhost"
    assert ("code" in answer) == (button == "Allow") and answer["iss"] == [live_server.url]


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 1280), (False, 360)])
@pytest.mark.parametrize("button", ["Allow", "Do not allow"])
def test_the_answer_is_posted_to_an_app_that_asks_for_it_so(
    live_server: LiveServer, open_page: Visitor, button: str, scripts: bool, width: int
) -> None:
    arrived = Peer(lambda _request, send: send(reply(200, b"<title>Arrived</title>", Content_Type="text/html")), None)
    with arrived.running():
        onward = Peer(lambda _request, send: send(reply(303, Location=f"http://localhost:{arrived.port}/home")), None)
        with onward.running():
            redirect_uri = f"http://127.0.0.1:{onward.port}/callback"
            there = _app_that_returns_to(redirect_uri)
            flow = Flow(live_server.app, there)
            flow.set_password()
            page = open_page(scripts=scripts, width=width)
            asked = flow.authorize_path(redirect_uri=redirect_uri, response_mode="form_post", state="é <\"&'>")
            page.goto(f"{live_server.url}{asked}")
            page.get_by_label("E-mail").fill(there.email)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name=button, exact=True).click()
            if not scripts:
                assert no_sideways_scroll(page)
                page.get_by_role("button", name=f"Go on to 127.0.0.1:{onward.port}").click()
            expect(page).to_have_title("Arrived")
    assert urlsplit(page.url).path == "/home"
    posted = next(request for request in onward.requests if request.method == "POST")
    answer = parse_qs(posted.body.decode())
    assert posted.path == "/callback" and "referer" not in posted.headers
    assert ("code" in answer) == (button == "Allow") and answer["iss"] == [live_server.url]
    assert answer["state"] == ["é <\"&'>"]


def _app_that_returns_to(redirect_uri: str) -> world.World:
    """A native app, since loopback redirect URIs are for those alone."""
    there = world.make(kind="native")
    with database.unit_of_work() as session:
        registry.set_redirect_uris(session, there.app_id, [redirect_uri], actor.SYSTEM)
    return there
