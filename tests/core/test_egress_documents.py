"""Documents of others, fetched from real peers on 127.0.0.1."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from connect.core import settings
from connect.core.egress import documents
from connect.core.egress.documents import Document, fetch
from connect.core.egress.errors import EgressError, EgressFailed, EgressRefused, EgressUnfit
from connect.core.egress.policy import Policy
from connect.core.settings import load, seconds
from tests.support.certificates import issue
from tests.support.peer import Request, Send, peer, reply

POLICY = Policy(loopback=True)
JSON = {"Content_Type": "application/json"}


@pytest.fixture(autouse=True)
def _settings() -> None:
    settings.activate(load(egress_document=seconds(0.5)))


def get(url: str, limit: int = 200) -> Document:
    return fetch(url, limit=limit, policy=POLICY)


def reason(*answers: bytes, limit: int = 200) -> str:
    with peer(*answers) as host, pytest.raises(EgressUnfit) as error:
        get(host.url, limit)
    return error.value.reason


def test_a_document_is_fetched_by_get_and_comes_back_as_its_members() -> None:
    with peer(reply(200, b'{"name": "Neem"}', **JSON)) as host:
        assert get(host.url) == Document({"name": "Neem"}, None)
    assert (host.requests[0].method, host.requests[0].headers["accept"]) == ("GET", "application/json")


def test_https_with_a_certificate_that_holds_is_what_it_is_for(tmp_path: Path) -> None:
    server, client = issue(tmp_path, "127.0.0.1")
    with peer(reply(200, b"{}", **JSON), tls=server) as host:
        assert fetch(host.url, limit=10, policy=POLICY, tls=client).members == {}
        with pytest.raises(EgressFailed) as error:
            fetch(host.url, limit=10, policy=POLICY)
    assert error.value.reason == "tls"


@pytest.mark.parametrize("url", ["http://neem.in/a", "https://10.0.0.8/a", "https://[::1]/a", "https://localhost/a"])
def test_plain_http_and_special_addresses_are_not_reached(url: str) -> None:
    with pytest.raises(EgressRefused):
        get(url)


@pytest.mark.parametrize("status", [201, 204, 206, 301, 302, 304, 307, 404, 500])
def test_any_status_but_200_is_none_and_no_redirect_is_followed(status: int) -> None:
    with peer() as elsewhere:
        body = b"" if status in {204, 304} else b"{}"
        assert reason(reply(status, body, Location=elsewhere.url, **JSON)) == "status"
    assert elsewhere.connections == 0


def test_a_document_may_be_as_large_as_the_limit_and_no_larger() -> None:
    body = b'{"a":"' + b"x" * 100 + b'"}'
    with peer(reply(200, body, **JSON)) as host:
        assert len(get(host.url, len(body)).members["a"]) == 100
    assert reason(reply(200, body, **JSON), limit=len(body) - 1) == "size"
    assert reason(reply(200, b'{"a":"' + b"x" * 1_000_000 + b'"}', **JSON)) == "size"


@pytest.mark.parametrize("kind", ["", "text/html", "text/json", "application/javascript", "application/+json", "json"])
def test_another_media_type_is_refused(kind: str) -> None:
    assert reason(reply(200, b"{}", Content_Type=kind)) == "media type"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/jwk-set+json"])
def test_json_by_any_of_its_names_is_taken(kind: str) -> None:
    with peer(reply(200, b"{}", Content_Type=kind)) as host:
        assert get(host.url).members == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"a"', b"{", b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b'{"a": 1, "a": 2}', b'{"b": {"a": 1, "a": 1}}'],
)  # fmt: skip
def test_what_is_no_plain_json_object_is_refused(body: bytes) -> None:
    assert reason(reply(200, body, **JSON)) == "json"


@pytest.mark.parametrize("depth", [990, 1020, 2500])
def test_deep_json_is_refused_or_read_and_breaks_nothing(depth: int) -> None:
    body = b'{"a":' * depth + b"1" + b"}" * depth
    with peer(reply(200, body, **JSON)) as host:
        try:
            assert "a" in get(host.url, 20_000).members
        except EgressUnfit as error:
            assert error.reason == "json"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("max-age=90", 90),
        ("public, max-age=90", 90),
        ("no-store, max-age=90", 0),
        ("no-cache", 0),
        ("max-age=-5", 0),
        ("max-age=999999999999999999", 31_536_000),
        ("max-age=soon", None),
        ("private", None),
    ],
)
def test_how_long_it_may_be_kept_is_what_its_host_says(said: str, kept: int | None) -> None:
    with peer(reply(200, b"{}", Cache_Control=said, **JSON)) as host:
        assert get(host.url).max_age == (None if kept is None else timedelta(seconds=kept))


def test_a_host_that_does_not_answer_has_the_time_of_the_setting() -> None:
    with peer(answer=lambda _request, _send: time.sleep(2)) as host, pytest.raises(EgressFailed) as error:
        get(host.url)
    assert error.value.reason == "timeout"


def test_slow_hosts_never_hold_more_than_some_threads() -> None:
    open_door = threading.Event()

    def wait(_request: Request, send: Send) -> None:
        open_door.wait(5)
        send(reply(200, b"{}", **JSON))

    settings.activate(load(egress_document=seconds(10)))
    with peer(answer=wait) as host:
        waiting = [threading.Thread(target=get, args=(host.url,)) for _ in range(documents._AT_ONCE)]
        for thread in waiting:
            thread.start()
        while len(host.requests) < len(waiting):
            time.sleep(0.01)
        with pytest.raises(EgressFailed) as error:
            get(host.url)
        open_door.set()
        for thread in waiting:
            thread.join()
        assert get(host.url).members == {}, "the turns were given back"
    assert error.value.reason == "busy"


def test_what_went_wrong_is_told_without_the_address() -> None:
    with pytest.raises(EgressError) as error:
        get("https://10.20.30.40/a")
    assert "10.20" not in str(error.value)
