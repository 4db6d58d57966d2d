"""A server on 127.0.0.1 that answers as a test tells it to: a webhook receiver that is well, slow, rude or hostile."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Send = Callable[[bytes], object]


@dataclass(frozen=True)
class Request:
    """What arrived. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A plain answer; `Retry_After="3"` becomes a header."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Peer:
    """Records what arrives in `requests` and answers with `answer`, which gets the request and a function that sends bytes."""

    def __init__(self, answer: Callable[[Request, Send], object], tls: ssl.SSLContext | None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.answer = answer
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.peer = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}/hook"

    def says(self, *answers: bytes) -> None:
        """Answer with these in turn; the last is repeated."""
        rest = list(answers)
        self.answer = lambda _request, send: send(rest.pop(0) if len(rest) > 1 else rest[0])

    @contextmanager
    def running(self) -> Iterator[Peer]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


@contextmanager
def peer(*answers: bytes, answer: Callable[[Request, Send], object] | None = None, tls: Any = None) -> Iterator[Peer]:
    """A running peer that gives `answers` in turn (200 without one), or whatever `answer` does."""
    made = Peer(answer or (lambda _request, _send: None), tls)
    if answer is None:
        made.says(*(answers or (reply(),)))
    with made.running():
        yield made


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    peer: Peer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 20

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.peer.connections += 1

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while (request := self._read()) is not None:
                self.server.peer.requests.append(request)
                self.server.peer.answer(request, self.wfile.write)

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def _read(self) -> Request | None:
        first = self.rfile.readline().decode()
        if not first:
            return None
        method, path, _ = first.split(" ", 2)
        headers = {}
        while (line := self.rfile.readline().decode().strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Request(method, path, headers, self.rfile.read(int(headers.get("content-length", "0"))))
