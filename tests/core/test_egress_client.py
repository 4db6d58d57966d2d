"""The guarded client against real peers on 127.0.0.1, most of which mean no good."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from connect.core.egress.addresses import LOOPBACK, Address
from connect.core.egress.client import Answer, GuardedSession
from connect.core.egress.errors import EgressFailed, EgressRefused
from connect.core.egress.policy import Policy
from connect.core.egress.resolver import PublicResolver
from tests.support.certificates import issue
from tests.support.peer import Request, Send, peer, reply

T = TypeVar("T")
POLICY = Policy(loopback=True, connect=1.0, total=1.0, dns=0.3, body_limit=1000)


def call(url: str, policy: Policy = POLICY, **options: Any) -> Answer:
    async def once() -> Answer:
        async with GuardedSession(policy, **options) as session:
            return await session.request("POST", url, headers={"X-Kind": "test"}, body=b"hello")

    return asyncio.run(once())


def refused(url: str, policy: Policy = POLICY, **options: Any) -> str:
    with pytest.raises(EgressRefused) as error:
        call(url, policy, **options)
    return error.value.reason


def failed(url: str, policy: Policy = POLICY, **options: Any) -> str:
    with pytest.raises(EgressFailed) as error:
        call(url, policy, **options)
    return error.value.reason


def test_the_request_arrives_as_it_was_given_and_the_answer_comes_back() -> None:
    with peer(reply(202, b"taken", X_Seen="yes")) as receiver:
        answer = call(receiver.url)
    (request,) = receiver.requests
    assert (request.method, request.path, request.body) == ("POST", "/hook", b"hello")
    assert request.headers["x-kind"] == "test"
    assert (answer.status, answer.body, answer.truncated, answer.address) == (202, b"taken", False, "127.0.0.1")
    assert answer.headers["x-seen"] == "yes"
    assert answer.timings.total >= (answer.timings.first_byte or 0) >= (answer.timings.connect or 0)


def test_loopback_is_out_of_reach_without_the_development_switch() -> None:
    with peer() as receiver:
        assert refused(receiver.url.replace("http:", "https:"), replace(POLICY, loopback=False)) in {"port", "address"}
    assert receiver.connections == 0


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with peer() as secret, peer(reply(302, b"", Location=secret.url)) as receiver:
        assert call(receiver.url).status == 302
    assert secret.connections == 0


def test_a_proxy_named_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer() as proxy, peer() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        call(receiver.url)
    assert (proxy.connections, receiver.connections) == (0, 1)


def test_cookies_are_not_kept() -> None:
    async def twice(url: str) -> None:
        async with GuardedSession(POLICY) as session:
            await session.request("GET", url)
            await session.request("GET", url)

    with peer(reply(200, b"", Set_Cookie="track=me; Path=/")) as receiver:
        asyncio.run(twice(receiver.url))
    assert [request.headers.get("cookie") for request in receiver.requests] == [None, None]
    assert receiver.connections == 1, "the connection is kept alive"


def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    with peer(reply(200, bomb[:900], Content_Encoding="gzip")) as receiver:
        assert call(receiver.url).body == bomb[:900]
    assert receiver.requests[0].headers["accept-encoding"] == "identity"


def test_a_body_without_end_is_cut_at_the_limit() -> None:
    def flood(_request: Request, send: Send) -> None:
        send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            send(b"400\r\n" + b"a" * 1024 + b"\r\n")

    with peer(answer=flood) as receiver:
        answer = call(receiver.url)
    assert (answer.status, len(answer.body), answer.truncated) == (200, POLICY.body_limit, True)


def _drip(head: bytes) -> Callable[[Request, Send], None]:
    def drip(_request: Request, send: Send) -> None:
        send(head)
        for _ in range(100):
            send(b"a")
            time.sleep(0.05)

    return drip


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"],
    ids=["status", "head", "body"],
)
def test_an_answer_that_drips_ends_at_the_deadline(head: bytes) -> None:
    began = time.monotonic()
    with peer(answer=_drip(head)) as receiver:
        assert failed(receiver.url) == ("protocol" if head == b"" else "timeout")
    assert time.monotonic() - began < 2


def test_a_peer_that_never_answers_ends_at_the_deadline() -> None:
    with peer(answer=lambda _request, _send: time.sleep(3)) as receiver:
        assert failed(receiver.url) == "timeout"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello",
    ],
    ids=["many headers", "long header", "not http", "two lengths"],
)
def test_an_answer_that_is_not_decent_http_fails(head: bytes) -> None:
    with peer(answer=lambda _request, send: send(head)) as receiver:
        assert failed(receiver.url) == "protocol"


def test_a_closed_port_fails_to_connect() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert failed(f"http://127.0.0.1:{unused.getsockname()[1]}/") == "connect"


class Answers(AbstractResolver):
    """Name servers that give these answers in turn; the last is repeated."""

    def __init__(self, *answers: list[str], delay: float = 0) -> None:
        self.answers, self.delay, self.asked = list(answers), delay, 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked += 1
        await asyncio.sleep(self.delay)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError("no such name")
        kind = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            ResolveResult(hostname=host, host=at, port=port, family=kind[":" in at], proto=0, flags=0) for at in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["::1"],
        ["64:ff9b::a9fe:a9fe"],
        ["2606:4700::1", "fe80::1%eth0"],
        ["169.254.169.254"],
    ],
)
def test_a_name_with_one_private_address_is_refused(answer: list[str]) -> None:
    assert refused("https://hooks.neem.in/", resolver=Answers(answer)) == "address"


def test_a_name_without_an_address_and_a_slow_name_server_fail() -> None:
    assert failed("https://hooks.neem.in/", resolver=Answers([])) == "dns"
    began = time.monotonic()
    assert failed("https://hooks.neem.in/", resolver=Answers(["8.8.8.8"], delay=5)) == "dns"
    assert time.monotonic() - began < 1


def test_public_answers_are_handed_on_as_they_came() -> None:
    async def ask() -> list[ResolveResult]:
        return await PublicResolver(POLICY, Answers(["8.8.8.8", "2606:4700::1"])).resolve("hooks.neem.in", 443)

    assert [answer["host"] for answer in asyncio.run(ask())] == ["8.8.8.8", "2606:4700::1"]


class Laboratory(Policy):
    """Takes 127.0.0.1 for a public address, so that a named host with a certificate can be called here."""

    def admits_answer(self, address: Address) -> bool:
        return address == LOOPBACK or super().admits_answer(address)


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[str], tuple[ssl.SSLContext, ssl.SSLContext]]:
    """Makes (server's, client's) TLS contexts for a name or an address."""
    return partial(issue, tmp_path)


def test_a_host_that_is_rebound_later_was_resolved_once_and_its_certificate_is_checked(authority: Any) -> None:
    server, client = authority("hooks.neem.in")
    rebinding = Answers(["127.0.0.1"], ["169.254.169.254"])
    with peer(tls=server) as receiver:
        policy = Laboratory(ports=frozenset({receiver.port}), loopback=True)
        answer = call(f"https://hooks.neem.in:{receiver.port}/hook", policy, resolver=rebinding, tls=client)
    assert (answer.status, answer.address, rebinding.asked) == (200, "127.0.0.1", 1)
    assert receiver.requests[0].headers["host"] == f"hooks.neem.in:{receiver.port}"


def test_another_hosts_certificate_is_refused(authority: Any) -> None:
    server, client = authority("other.neem.in")
    with peer(tls=server) as receiver:
        policy = Laboratory(ports=frozenset({receiver.port}), loopback=True)
        url = f"https://hooks.neem.in:{receiver.port}/hook"
        assert failed(url, policy, resolver=Answers(["127.0.0.1"]), tls=client) == "tls"
    assert receiver.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority: Any) -> None:
    server, _ = authority("127.0.0.1")
    with peer(tls=server) as receiver:
        assert failed(receiver.url) == "tls"


def test_the_socket_looks_again_at_an_address_that_no_resolver_saw() -> None:
    """aiohttp asks no resolver about an IP literal; were the URL check ever passed by, the socket still refuses."""

    async def open_sockets() -> None:
        async with GuardedSession(POLICY) as session:
            for peer_address in (("10.0.0.1", 80), ("::1", 80, 0, 0), ("fe80::1%eth0", 80, 0, 2)):
                with pytest.raises(OSError):
                    session._socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", peer_address))

    asyncio.run(open_sockets())
