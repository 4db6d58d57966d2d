"""Which URLs may be called: the part of the guard that needs no network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from yarl import URL

from connect.core.egress.addresses import LOOPBACK, Address, Network, networks, parse, refusal
from connect.core.egress.errors import EgressRefused
from connect.core.settings import Settings

_LONGEST_URL = 2048
_URL = re.compile(r"[!-\[\]-~]+")  # printable ASCII without space and backslash, on which parsers disagree
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_TOP = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")  # a name that ends in a number is an address in disguise (WHATWG URL)
_LONGEST_NAME = 253
# RFC 6761, 6762, 7686, 8375, 9476 and the names private networks use
_PRIVATE_TOPS = frozenset(
    {"localhost", "local", "internal", "intranet", "private", "corp", "home", "lan", "localdomain", "test", "invalid", "example",
     "onion", "alt", "arpa"}
)  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """What the guard lets out. Times in seconds, sizes in bytes; `loopback` is the development switch for 127.0.0.1."""

    ports: frozenset[int] = frozenset({443})
    loopback: bool = False
    refused: tuple[Network, ...] = ()
    connect: float = 5.0
    total: float = 15.0
    dns: float = 3.0
    body_limit: int = 65_536

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        """The policy these settings ask for. Raises ValueError on a port or network that is none."""
        return cls(
            ports=frozenset(int(port) for port in settings.egress_ports.split(",") if port.strip()),
            loopback=settings.egress_loopback,
            refused=networks(settings.egress_refused),
            connect=settings.egress_connect.total_seconds(),
            total=settings.egress_total.total_seconds(),
            dns=settings.egress_dns.total_seconds(),
            body_limit=settings.egress_body_limit,
        )

    def admits(self, address: Address) -> bool:
        """Whether a socket may be opened to `address`."""
        return refusal(address, loopback=self.loopback, refused=self.refused) is None

    def admits_answer(self, address: Address) -> bool:
        """As `admits`, for an address that DNS gave: no name leads to loopback, also not in development."""
        return refusal(address, refused=self.refused) is None


def check(text: str, policy: Policy) -> URL:
    """The URL of `text`, fit to be called: https, a listed port, a public host. Raises EgressRefused.

    The rules that need DNS (what the name resolves to) follow when the connection is made.
    """
    url = _parse(text)
    literal = parse(url.raw_host or "")
    local = policy.loopback and literal == LOOPBACK
    if url.scheme != "https" and not (local and url.scheme == "http"):
        raise EgressRefused("scheme")
    if not local and url.port not in policy.ports:
        raise EgressRefused("port")
    _check_host(url.raw_host or "", literal, policy)
    return url


def _parse(text: str) -> URL:
    """Read by two parsers, since a guard that reads a URL otherwise than the client does can be talked past."""
    if len(text) > _LONGEST_URL or not _URL.fullmatch(text):
        raise EgressRefused("url")
    try:
        url, again = URL(text, encoded=True), urlsplit(text)
        agreed = url.absolute and url.raw_host and url.raw_host.lower() == again.hostname and "%" not in again.netloc
    except ValueError as error:
        raise EgressRefused("url") from error
    if not agreed:
        raise EgressRefused("url")
    if "@" in again.netloc:
        raise EgressRefused("userinfo")
    if "#" in text:
        raise EgressRefused("fragment")
    return url


def _check_host(host: str, literal: Address | None, policy: Policy) -> None:
    if literal is not None:
        if not policy.admits(literal):
            raise EgressRefused("address")
        return
    labels = host.lower().removesuffix(".").split(".")
    public = len(host) <= _LONGEST_NAME and len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
    if not public or not _TOP.fullmatch(labels[-1]) or labels[-1] in _PRIVATE_TOPS:
        raise EgressRefused("host")
