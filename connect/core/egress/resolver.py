"""DNS for outgoing requests: with a deadline, without search domains, and every address answered must be public."""

from __future__ import annotations

import asyncio
import socket

import pycares
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import AsyncResolver

from connect.core.egress.addresses import parse
from connect.core.egress.errors import EgressFailed, EgressRefused
from connect.core.egress.policy import Policy


def name_servers(policy: Policy) -> AbstractResolver:
    """The system's name servers, asked by c-ares: no thread hangs with a name server that does."""
    return AsyncResolver(timeout=policy.dns / 2, tries=2, flags=pycares.ARES_FLAG_NOSEARCH)


class PublicResolver(AbstractResolver):
    """Hands on what `inner` answers if all of it is public: a name with one private address may be rebound to it."""

    def __init__(self, policy: Policy, inner: AbstractResolver | None = None) -> None:
        self._policy, self._inner = policy, inner or name_servers(policy)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        try:
            async with asyncio.timeout(self._policy.dns):
                answers = await self._inner.resolve(host, port, family)
        except (OSError, UnicodeError) as error:  # TimeoutError is an OSError
            raise EgressFailed("dns") from error
        if not answers:
            raise EgressFailed("dns")
        for answer in answers:
            address = parse(answer["host"])
            if address is None or not self._policy.admits_answer(address):
                raise EgressRefused("address")
        return answers

    async def close(self) -> None:
        await self._inner.close()
