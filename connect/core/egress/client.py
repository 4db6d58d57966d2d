"""The one HTTP client of the platform. Every outgoing request passes this guard; there is no other way out.

https to a public host on a listed port; no redirects, no cookies, no proxy from the environment, no decompression; the connection goes
to an address that was vetted, and is vetted again at the socket, because a resolver is never asked about an IP literal. One deadline
holds for DNS, connection, head and body; of the body a limited part is read.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_reqrep import ClientResponse
from aiohttp.connector import AddrInfoType, Connection
from multidict import CIMultiDictProxy

from connect.core import settings
from connect.core.egress.addresses import parse
from connect.core.egress.errors import EgressError, EgressFailed, EgressRefused
from connect.core.egress.policy import Policy, check
from connect.core.egress.resolver import PublicResolver
from connect.core.egress.timings import Stopwatch, Timings, tracing

_HEADERS = {"User-Agent": "VoiceTree-Connect/1", "Accept-Encoding": "identity"}
_BUFFER = 16_384


@dataclass(frozen=True)
class Answer:
    """What came back: `body` is cut at the policy's limit (`truncated`) and as it was sent, `address` is the peer's."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    truncated: bool
    timings: Timings
    address: str


class GuardedSession:
    """Connections kept alive under one policy. `resolver` and `tls` replace the system's name servers and trust store."""

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.policy = policy or Policy.of(settings.current())
        self._inner, self._tls = resolver, tls or ssl.create_default_context()
        self._opened: WeakSet[asyncio.Transport] = WeakSet()

    async def __aenter__(self) -> Self:
        self._resolver = PublicResolver(self.policy, self._inner)
        connector = aiohttp.TCPConnector(
            resolver=self._resolver, use_dns_cache=False, ssl=self._tls, limit=0, socket_factory=self._socket
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers=_HEADERS,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.policy.connect),
            response_class=_noting(self._opened),
            read_bufsize=_BUFFER,
            trace_configs=[tracing()],
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        for (
            transport
        ) in self._opened:  # a peer that does not answer TLS's goodbye would keep its connection for half a minute
            transport.abort()
        await asyncio.sleep(0)  # in which the sockets are closed
        await self._resolver.close()

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send one request and read its answer, whatever the status. Raises EgressRefused or EgressFailed."""
        target, stopwatch = check(url, self.policy), Stopwatch()
        try:
            async with (
                asyncio.timeout(self.policy.total),
                self._session.request(
                    method,
                    target,
                    headers=headers,
                    data=body or None,
                    allow_redirects=False,
                    trace_request_ctx=stopwatch,
                ) as response,
            ):
                content, truncated = await _read(response, self.policy.body_limit)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _reason(error) from error
        assert isinstance(response, _Response)
        return Answer(response.status, response.headers, content, truncated, stopwatch.read(), response.peer)

    def _socket(self, info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, peer = info
        address = parse(str(peer[0]))
        if address is None or not self.policy.admits(address):
            raise _NotPublic
        return socket.socket(family, kind, protocol)


class _NotPublic(OSError):
    """The last look, at the socket, found an address that may not be reached."""


class _Response(ClientResponse):
    """Keeps the peer's address; the connection is gone by the time the body is read."""

    peer = ""

    async def start(self, connection: Connection) -> ClientResponse:
        assert connection.transport is not None
        self.peer = connection.transport.get_extra_info("peername")[0]
        return await super().start(connection)


def _noting(opened: WeakSet[asyncio.Transport]) -> type[_Response]:
    """Responses that put their connections into `opened`."""

    class Noting(_Response):
        async def start(self, connection: Connection) -> ClientResponse:
            assert connection.transport is not None
            opened.add(connection.transport)
            return await super().start(connection)

    return Noting


async def _read(response: ClientResponse, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            response.close()  # not worth draining, and not to be used again
            return bytes(body[:limit]), True
    return bytes(body), False


def _reason(error: Exception) -> EgressError:
    match error:
        case aiohttp.ClientConnectorError(os_error=_NotPublic()):
            return EgressRefused("address")
        case aiohttp.ConnectionTimeoutError():
            return EgressFailed("connect")
        case TimeoutError():
            return EgressFailed("timeout")
        case aiohttp.ClientSSLError() | aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return EgressFailed("tls")
        case aiohttp.ClientConnectorError():
            return EgressFailed("connect")
        case aiohttp.InvalidURL():
            return EgressRefused("url")
        case _:
            return EgressFailed("protocol")
