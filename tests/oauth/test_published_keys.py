"""An app whose keys stand at an address of its own (`jwks_uri`; RFC 7591 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from apps_registry import published_keys
from apps_registry.keys import Keys
from tests.oauth.flow import OFFLINE, Flow
from tests.oauth.holder import Holder
from tests.oauth.test_dpop import refused
from tests.support import world
from tests.support.clock import Clock
from tests.support.peer import Peer, peer, reply


def published(*holders: Holder) -> bytes:
    keys = {"keys": [holder.jwk for holder in holders]}
    return reply(200, json.dumps(keys).encode(), Content_Type="application/json")


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"egress_loopback": True, "egress_document": timedelta(seconds=2), "token_failure_rate": ""}


@pytest.fixture
def first() -> Holder:
    return Holder(kid="first")


@pytest.fixture
def host(first: Holder) -> Iterator[Peer]:
    published_keys.forget()
    with peer(published(first)) as running:
        yield running


@pytest.fixture
def flow(app: Flask, host: Peer, first: Holder) -> Flow:
    made = world.make(auth_method="private_key_jwt", keys=Keys(jwks_uri=host.url), profile="fapi")
    return Flow(app, made, signer=first, pushes=True)


def test_the_whole_way_reads_the_keys_once(flow: Flow, host: Peer) -> None:
    holder = Holder()
    said = holder.connect(flow)
    assert set(holder.refresh(flow, said["refresh_token"]).json["scope"].split()) == OFFLINE
    assert [(request.method, request.path) for request in host.requests] == [("GET", "/hook")]


def test_a_new_key_works_once_it_is_published_and_the_old_one_no_longer(flow: Flow, host: Peer, clock: Clock) -> None:
    assert flow.push().status_code == 201
    second = flow.signer = Holder("EdDSA", kid="second")
    clock.move(seconds=20)
    refused(flow.push(), "invalid_client")
    host.says(published(second))
    clock.move(seconds=20)
    assert flow.push().status_code == 201
    flow.signer = Holder(kid="first")
    refused(flow.push(), "invalid_client")


def test_without_an_answer_the_app_is_told_what_everybody_is_told(flow: Flow, host: Peer) -> None:
    host.says(reply(500))
    assert refused(flow.push(), "invalid_client") == "The client is unknown, or its credentials are wrong."


def test_wrong_claims_have_nobody_call_the_address(flow: Flow, host: Peer, first: Holder) -> None:
    refused(flow.push(**first.credentials(flow.world.client_id, aud="https://evil.example")), "invalid_client")
    refused(flow.push(**first.credentials("app_nobody")), "invalid_client")
    assert host.requests == []
