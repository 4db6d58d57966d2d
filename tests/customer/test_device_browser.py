"""A device is connected in Chromium: the link or the code, sign-in, consent, and back to the device."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.customer.test_browser import WIDTHS
from tests.oauth.device import Device, error
from tests.oauth.flow import Flow
from tests.support import world
from tests.support.browser import Visitor, no_sideways_scroll
from tests.support.flow import PASSWORD, set_password
from tests.support.servers import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.fixture
def device(live_server: LiveServer) -> Device:
    made = world.make(calls=3, kind="device")
    set_password(made)
    return Device(Flow(live_server.app, made))


@WIDTHS
def test_a_person_types_the_code_signs_in_allows_and_the_device_goes_on(
    live_server: LiveServer, open_page: Visitor, device: Device, width: int, scripts: bool
) -> None:
    told = device.start()
    page = open_page(width=width, scripts=scripts)
    page.goto(f"{live_server.url}/device")
    code = page.get_by_label("Code on your device")
    assert code.get_attribute("autocapitalize") == "characters"
    code.fill("wdjb")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("A code has eight letters")
    assert no_sideways_scroll(page)
    code.fill(told["user_code"].lower().replace("-", " "))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("E-mail").fill(device.flow.world.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Did you start this on your own device?")).to_be_visible()
    expect(page.get_by_text(told["user_code"]).first).to_be_visible()
    assert no_sideways_scroll(page)
    assert error(device.poll(told)) == "authorization_pending"
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.get_by_role("heading", name="You can go back to your device")).to_be_visible()
    expect(page.get_by_text("Neem CRM is connected.")).to_be_visible()
    assert no_sideways_scroll(page)
    page.reload()
    expect(page.get_by_role("heading", name="You can go back to your device")).to_be_visible()
    assert device.flow.get("/v1/calls", device.poll(told).json["access_token"]).status_code == 200


@WIDTHS
def test_a_link_brings_the_code_along_and_a_no_reaches_the_device(
    live_server: LiveServer, open_page: Visitor, device: Device, width: int, scripts: bool
) -> None:
    told = device.start()
    link = urlsplit(told["verification_uri_complete"])
    page = open_page(width=width, scripts=scripts)
    page.goto(f"{live_server.url}{link.path}?{link.query}")
    expect(page.get_by_label("Code on your device")).to_have_value(told["user_code"])
    expect(page.get_by_text("Compare the letters before you go on.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("E-mail").fill(device.flow.world.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Do not allow").click()
    expect(page.get_by_text("You did not allow Neem CRM anything")).to_be_visible()
    assert error(device.poll(told)) == "access_denied"
