"""Keys that an app publishes at an address: read through the guard, kept for a while, read again for a new kid, never too often."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from joserfc import jwk

from apps_registry import published_keys
from apps_registry.published_keys import Unreadable
from connect.core.settings import Settings
from tests.support.clock import Clock
from tests.support.peer import Peer, Request, Send, peer, reply
from tests.support.threads import together

EC, OKP = jwk.ECKey.generate_key("P-256"), jwk.OKPKey.generate_key("Ed25519")
FIRST, SECOND = (
    {**key.as_dict(private=False), "kid": kid} for key, kid in ((EC, "first"), (OKP, "second"))
)  # fmt: skip


def published(*members: dict[str, Any], kind: str = "application/jwk-set+json") -> bytes:
    return reply(200, json.dumps({"keys": list(members)}).encode(), Content_Type=kind)


def kids(uri: str, kid: str | None = "first") -> list[str | None]:
    return [key.kid for key in published_keys.of(uri, kid)]


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"egress_loopback": True, "egress_document": timedelta(seconds=2)}


@pytest.fixture(autouse=True)
def nothing_kept(settings: Settings) -> None:
    published_keys.forget()


@pytest.fixture
def host() -> Iterator[Peer]:
    with peer(published(FIRST)) as running:
        yield running


@pytest.mark.parametrize("kind", ["application/json", "application/jwk-set+json"])
def test_they_are_read_once_and_kept_for_a_while(host: Peer, clock: Clock, kind: str) -> None:
    host.says(published(FIRST, kind=kind))
    for _ in range(3):
        assert kids(host.url) == ["first"]
    clock.move(seconds=299)
    assert kids(host.url) == ["first"]
    assert len(host.requests) == 1
    clock.move(seconds=2)
    host.says(published(SECOND))
    assert kids(host.url, "second") == ["second"]
    assert len(host.requests) == 2


def test_a_key_that_was_removed_proves_nothing_once_its_time_is_over(host: Peer, clock: Clock) -> None:
    assert kids(host.url) == ["first"]
    host.says(published(SECOND))
    clock.move(seconds=301)
    assert kids(host.url) == ["second"]


def test_an_unknown_kid_has_them_read_again_and_not_too_often(host: Peer, clock: Clock) -> None:
    kids(host.url)
    host.says(published(FIRST, SECOND))
    assert kids(host.url, "second") == ["first"]  # it was called a moment ago
    clock.move(seconds=10)
    assert kids(host.url, "second") == ["first", "second"]
    for kid in ("third", "fourth", 7, ["x"]):
        assert kids(host.url, kid) == ["first", "second"]
    assert len(host.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        reply(500),
        reply(302, Location="https://evil.example/keys"),
        reply(200, b"{", Content_Type="application/json"),
        reply(200, b'{"keys": []}', Content_Type="application/json"),
        reply(200, b'{"keys": {}}', Content_Type="application/json"),
        reply(200, b"[]", Content_Type="application/json"),
        reply(200, json.dumps({"keys": [EC.as_dict(private=True)]}).encode(), Content_Type="application/json"),
        reply(200, json.dumps({"keys": [FIRST]}).encode(), Content_Type="text/html"),
        reply(200, b'{"keys": [' + b" " * 40_000 + b"]}", Content_Type="application/json"),
        published(FIRST, FIRST),
    ],
)
def test_an_error_is_no_key_and_is_not_kept(host: Peer, clock: Clock, answer: bytes) -> None:
    host.says(answer)
    assert kids(host.url) == []
    host.says(published(FIRST))
    assert kids(host.url) == []
    assert len(host.requests) == 1, "called once in a pause"
    clock.move(seconds=10)
    assert kids(host.url) == ["first"]


def test_what_was_read_before_holds_through_an_error_until_its_time_is_over(host: Peer, clock: Clock) -> None:
    kids(host.url)
    host.says(reply(503))
    clock.move(seconds=20)
    assert kids(host.url, "second") == ["first"]
    clock.move(seconds=281)
    assert kids(host.url) == []


def test_many_at_once_read_them_once(host: Peer) -> None:
    assert together(*[partial(kids, host.url)] * 8) == [["first"]] * 8
    assert len(host.requests) == 1


def test_while_one_reads_anew_the_others_go_on_with_what_is_known(clock: Clock) -> None:
    waiting, go = threading.Event(), threading.Event()

    def slow(_request: Request, send: Send) -> None:
        waiting.set()
        assert go.wait(10)
        send(published(FIRST, SECOND))

    with peer(published(FIRST)) as host:
        kids(host.url)
        clock.move(seconds=20)
        host.answer = slow
        results: list[Any] = []
        reader = threading.Thread(target=lambda: results.append(kids(host.url, "second")))
        reader.start()
        assert waiting.wait(10)
        assert kids(host.url) == ["first"]
        assert kids(host.url, "second") == ["first"]
        go.set()
        reader.join()
    assert results == [["first", "second"]]


def test_one_host_that_never_answers_holds_nobody_for_long(clock: Clock) -> None:
    go = threading.Event()
    with peer(answer=lambda _request, _send: go.wait(30)) as host:
        answers = together(*[partial(kids, host.url)] * 4)
        go.set()
    assert answers == [[]] * 4
    assert len(host.requests) <= 1


@pytest.mark.parametrize(
    "uri", ["https://10.0.0.1/keys", "https://localhost/keys", "http://keys.in/", "file:///etc/passwd"]
)
def test_only_public_addresses_are_called(uri: str) -> None:
    with pytest.raises(Unreadable):
        published_keys.read(uri)
    assert published_keys.of(uri, None) == ()


def test_why_they_cannot_be_read_is_said_without_an_address(host: Peer) -> None:
    host.says(reply(404))
    with pytest.raises(Unreadable, match="status") as error:
        published_keys.read(host.url)
    assert "127.0.0.1" not in str(error.value)


def test_few_addresses_are_kept(monkeypatch: pytest.MonkeyPatch, host: Peer) -> None:
    monkeypatch.setattr(published_keys, "_MOST", 2)
    for path in ("/a", "/b", "/c"):
        kids(host.url + path)
    assert len(published_keys._sources) == 2
