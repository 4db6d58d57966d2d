"""How long the parts of a request took, read from aiohttp's tracing."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientSession, TraceConfig

from connect.core import clock


@dataclass(frozen=True)
class Timings:
    """Whole milliseconds. `dns` and `connect` (TCP and TLS) are None where a kept connection was used or the host is a literal;
    `first_byte` counts from the start to the first byte of the answer's head or body."""

    dns: int | None
    connect: int | None
    first_byte: int | None
    total: int


@dataclass
class Stopwatch:
    """Marks of one request; `read` gives its timings up to now."""

    marks: dict[str, float] = field(default_factory=lambda: {"start": clock.monotonic()})

    def mark(self, name: str) -> None:
        self.marks.setdefault(name, clock.monotonic())

    def read(self) -> Timings:
        dns = self._between("dns_start", "dns_end")
        connect = self._between("connect_start", "connect_end")
        return Timings(
            dns=dns,
            connect=None if connect is None else connect - (dns or 0),
            first_byte=self._between("start", "answer"),
            total=round((clock.monotonic() - self.marks["start"]) * 1000),
        )

    def _between(self, start: str, end: str) -> int | None:
        if start not in self.marks or end not in self.marks:
            return None
        return round((self.marks[end] - self.marks[start]) * 1000)


def tracing() -> TraceConfig:
    """Hooks that mark the Stopwatch given as `trace_request_ctx`."""
    config = TraceConfig()
    config.on_dns_resolvehost_start.append(_marker("dns_start"))
    config.on_dns_resolvehost_end.append(_marker("dns_end"))
    config.on_connection_create_start.append(_marker("connect_start"))
    config.on_connection_create_end.append(_marker("connect_end"))
    config.on_request_end.append(_marker("answer"))
    return config


def _marker(name: str) -> Any:
    async def mark(_session: ClientSession, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.mark(name)

    return mark
