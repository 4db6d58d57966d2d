"""A small JSON document that somebody else publishes: an app's metadata, its keys. Fetched through the guard, whole or not at all.

The caller waits for it in its own thread, so it has little time, little room, and few are fetched at once: a host that is slow on
purpose then holds some threads of a process for seconds, never all of them.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from werkzeug.http import parse_cache_control_header, parse_options_header

from connect.core import settings, strict_json
from connect.core.egress.client import Answer, GuardedSession
from connect.core.egress.errors import EgressFailed, EgressUnfit
from connect.core.egress.policy import Policy

_AT_ONCE = 4
_JSON = re.compile(r"application/(?:json|[a-z0-9!#$&^_.-]+\+json)")
_LONGEST_AGE = 31_536_000  # seconds in a year

_turns = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True)
class Document:
    """`members` of the object, and how long its host lets it be kept (RFC 9111): zero for not at all, None where it does not say."""

    members: dict[str, Any]
    max_age: timedelta | None


def fetch(url: str, *, limit: int, policy: Policy | None = None, tls: ssl.SSLContext | None = None) -> Document:
    """The document at `url`: status 200 and nothing else, no redirects, a JSON object of at most `limit` bytes.

    Blocks for up to the setting egress_document. `policy` and `tls` replace the platform's own. Raises EgressError; its `reason` says
    which of these it was.
    """
    config = settings.current()
    policy = replace(policy or Policy.of(config), total=config.egress_document.total_seconds(), body_limit=limit)
    with _turn():
        answer = asyncio.run(_get(url, policy, tls))
    return _read(answer)


async def _get(url: str, policy: Policy, tls: ssl.SSLContext | None) -> Answer:
    async with GuardedSession(policy, tls=tls) as session:
        return await session.request("GET", url, headers={"Accept": "application/json"})


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(blocking=False):
        raise EgressFailed("busy")
    try:
        yield
    finally:
        _turns.release()


def _read(answer: Answer) -> Document:
    if answer.status != 200:
        raise EgressUnfit("status")
    if answer.truncated:
        raise EgressUnfit("size")
    if not _JSON.fullmatch(parse_options_header(answer.headers.get("Content-Type", ""))[0].lower()):
        raise EgressUnfit("media type")
    try:
        return Document(strict_json.parse_object(answer.body), _max_age(answer))
    except ValueError as error:
        raise EgressUnfit("json") from error


def _max_age(answer: Answer) -> timedelta | None:
    said = parse_cache_control_header(", ".join(answer.headers.getall("Cache-Control", [])))
    if said.no_store or said.no_cache:
        return timedelta()
    return None if said.max_age is None else timedelta(seconds=min(max(said.max_age, 0), _LONGEST_AGE))
