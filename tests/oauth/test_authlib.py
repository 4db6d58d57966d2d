"""Traps of the library that show in no single answer (trap T14, trap T16)."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import pytest
from authlib.oauth2.rfc6749.hooks import Hookable

from connect.core import ids, log
from connect.oauth.server import server
from tests.oauth.flow import Flow, basic


def every_kind_of_request(flow: Flow) -> list[str]:
    """What apps send, right and wrong; the secrets that went over the wire."""
    code = flow.code()
    said = flow.exchange(code).json
    again = flow.refresh(said["refresh_token"]).json
    alone = flow.alone().json
    flow.exchange(code), flow.refresh(ids.token("vtr")), flow.alone(headers=basic(flow.world.client_id, "vts_wrong"))
    flow.works(said["access_token"]), flow.works("vta_wrong")
    flow.introspect(again["access_token"])
    flow.revoke(again["refresh_token"])
    flow.push()
    pairs = [said["access_token"], said["refresh_token"], again["access_token"], again["refresh_token"]]
    return [code, *pairs, alone["access_token"], str(flow.world.client_secret), "vts_wrong", "vta_wrong"]


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_no_log_holds_a_code_a_token_or_a_secret(
    flow: Flow, level: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Trap T14: at DEBUG Authlib's logger writes whole tokens, whatever else listens at that level."""
    logging.getLogger("authlib").setLevel(logging.NOTSET)
    with caplog.at_level(level):
        log.configure()
        sent = every_kind_of_request(flow)
    printed = capfd.readouterr()
    written = caplog.text + printed.out + printed.err
    assert not [secret for secret in sent if secret in written]
    assert not [record for record in caplog.records if record.name.startswith("authlib")]


def test_a_grant_has_one_hook_of_a_kind_and_endpoints_keep_nothing(flow: Flow, monkeypatch: Any) -> None:
    """Trap T16: hooks of one kind run in no fixed order, and all requests share the endpoints."""
    kinds: Counter[tuple[int, str]] = Counter()
    kept: list[Any] = []  # so that no id is used twice
    register = Hookable.register_hook

    def counted(grant: Any, kind: str, hook: Any) -> None:
        kept.append(grant)
        kinds[id(grant), kind] += 1
        register(grant, kind, hook)

    monkeypatch.setattr(Hookable, "register_hook", counted)
    endpoints = [endpoint for found in server._endpoints.values() for endpoint in found]
    before = [_state(endpoint) for endpoint in endpoints]
    every_kind_of_request(flow)
    assert kinds and set(kinds.values()) == {1}
    assert [_state(endpoint) for endpoint in endpoints] == before


def _state(endpoint: Any) -> dict[str, str]:
    return {name: repr(value) for name, value in vars(endpoint).items()}
