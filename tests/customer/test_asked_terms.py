"""An app that asks for terms (RFC 9396): what the page shows, what a yes gives, and what the app is then told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from connect.calls.models import VirtualNumber
from connect.core import clock, database, ids
from connect.grants import queries as grants
from tests.support import world
from tests.support.flow import Flow


@pytest.fixture
def flow(app: Flask) -> Flow:
    """The owner is signed in; the account has calls."""
    made = Flow(app, world.make(calls=40))
    made.sign_in()
    return made


def line_of(account_id: UUID) -> str:
    """The first line of an account."""
    with database.read() as connection:
        found = connection.scalars(select(VirtualNumber.id).where(VirtualNumber.account_id == account_id)).first()
    assert found is not None
    return ids.encode("num", found)


def ask(flow: Flow, **members: Any) -> str:
    """The path of the consent page for a request with these terms."""
    detail = json.dumps([{"type": "voicetree_call_data", **members}])
    return urlsplit(flow.authorize(authorization_details=detail).location).path


def allow(flow: Flow, path: str, **fields: Any) -> dict[str, Any]:
    """The token response after a yes."""
    answer = flow.decide(path, **fields)
    assert answer.status_code == 303, answer.text
    return flow.exchange(parse_qs(urlsplit(answer.location).query)["code"][0]).get_json()


def test_the_terms_asked_are_shown_given_and_told(flow: Flow) -> None:
    line = line_of(flow.world.account_id)
    path = ask(flow, numbers=[line], include_new_calls=False, daily_records=500)
    page = flow.browser.get(path).text
    assert "Only 1 of your lines" in page and "500 records" in page
    said = allow(flow, path, expires="30", history="30")
    (detail,) = said["authorization_details"]
    assert (detail["numbers"], detail["include_new_calls"], detail["daily_records"]) == ([line], False, 500)
    read = flow.read(token=said["access_token"]).get_json()["data"]
    assert read and {call["number_id"] for call in read} == {line}
    live = grants.live_of_app(flow.world.account_id, flow.world.app_id)
    assert live is not None and live.terms["numbers"] == [line]


def test_a_line_of_another_account_is_left_out(flow: Flow) -> None:
    own, other = line_of(flow.world.account_id), line_of(world.make(calls=5).account_id)
    said = allow(flow, ask(flow, numbers=[own, other]))
    assert said["authorization_details"][0]["numbers"] == [own]


def test_an_app_that_asks_for_lines_of_others_alone_is_not_connected(flow: Flow) -> None:
    answer = flow.browser.get(ask(flow, numbers=[line_of(world.make(calls=5).account_id)]))
    assert answer.status_code == 403 and "lines or departments that your business does not have" in answer.text


def test_an_end_in_some_hours_is_that_end(flow: Flow) -> None:
    ends = (clock.now() + timedelta(hours=5)).replace(microsecond=0)
    said = allow(flow, ask(flow, expires_at=ends.isoformat().replace("+00:00", "Z")), expires="1")
    assert datetime.fromisoformat(said["authorization_details"][0]["expires_at"]).astimezone(UTC) == ends


def test_a_history_that_begins_after_today_begins_then(flow: Flow) -> None:
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    said = allow(flow, ask(flow, history_from=day), history="0")
    assert said["authorization_details"][0]["history_from"] == day
    assert flow.read(token=said["access_token"]).get_json()["data"] == []


@pytest.mark.parametrize("field", [{"expires": "90"}, {"history": "365"}])
def test_what_is_wider_than_asked_is_refused(flow: Flow, field: dict[str, str]) -> None:
    today = clock.now()
    ends = (today + timedelta(days=20)).isoformat().replace("+00:00", "Z")
    path = ask(flow, expires_at=ends, history_from=(today - timedelta(days=40)).date().isoformat())
    answer = flow.decide(path, **({"expires": "20", "history": "30"} | field))
    assert answer.status_code == 422
    assert grants.live_of_app(flow.world.account_id, flow.world.app_id) is None


def test_an_app_cannot_ask_for_more_than_it_is_registered_for(flow: Flow) -> None:
    said = allow(flow, ask(flow, retention_days=3650))
    assert said["authorization_details"][0]["retention_days"] == 30
