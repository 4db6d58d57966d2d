"""Which addresses an outgoing request may reach: those of the public internet, and no others.

`ipaddress.is_global` alone is not enough: it lets through 64:ff9b::a9fe:a9fe (the metadata address behind NAT64), 6to4 and Teredo
forms of private addresses, multicast, and blocks that were reserved after the interpreter was released. So the tables stand here, from
the IANA special-purpose registries (RFC 6890, RFC 8190), and IPv6 is allowed from 2000::/3 alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK = IPv4Address("127.0.0.1")

SPECIAL_V4 = {
    IPv4Network("0.0.0.0/8"): "this network (RFC 791)",
    IPv4Network("10.0.0.0/8"): "private (RFC 1918)",
    IPv4Network("100.64.0.0/10"): "shared address space (RFC 6598)",
    IPv4Network("127.0.0.0/8"): "loopback (RFC 1122)",
    IPv4Network("168.63.129.16/32"): "a cloud provider's host agent",
    IPv4Network("169.254.0.0/16"): "link local and cloud metadata (RFC 3927)",
    IPv4Network("172.16.0.0/12"): "private (RFC 1918)",
    IPv4Network("192.0.0.0/24"): "protocol assignments (RFC 6890)",
    IPv4Network("192.0.2.0/24"): "documentation (RFC 5737)",
    IPv4Network("192.31.196.0/24"): "AS112 (RFC 7535)",
    IPv4Network("192.52.193.0/24"): "AMT (RFC 7450)",
    IPv4Network("192.88.99.0/24"): "6to4 relay (RFC 7526)",
    IPv4Network("192.168.0.0/16"): "private (RFC 1918)",
    IPv4Network("192.175.48.0/24"): "AS112 (RFC 7534)",
    IPv4Network("198.18.0.0/15"): "benchmarking (RFC 2544)",
    IPv4Network("198.51.100.0/24"): "documentation (RFC 5737)",
    IPv4Network("203.0.113.0/24"): "documentation (RFC 5737)",
    IPv4Network("224.0.0.0/4"): "multicast (RFC 1112)",
    IPv4Network("240.0.0.0/4"): "reserved and broadcast (RFC 1112, RFC 8190)",
}

GLOBAL_V6 = IPv6Network("2000::/3")  # the only block IANA hands out as global unicast
SPECIAL_V6 = {
    IPv6Network("2001::/23"): "protocol assignments (RFC 2928)",
    IPv6Network("2001:db8::/32"): "documentation (RFC 3849)",
    IPv6Network("2620:4f:8000::/48"): "AS112 (RFC 7534)",
    IPv6Network("3fff::/20"): "documentation (RFC 9637)",
}

_MAPPED = IPv6Network("::ffff:0:0/96")  # RFC 4291
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052; 64:ff9b:1::/48 (RFC 8215) is local and stays outside 2000::/3
_6TO4 = IPv6Network("2002::/16")  # RFC 3056
_TEREDO = IPv6Network("2001::/32")  # RFC 4380
_ISATAP_MARKS = {0x00005EFE, 0x02005EFE}  # RFC 5214, the upper half of the interface identifier


def parse(text: str) -> Address | None:
    """The address that `text` writes out, or None when it is a name. A zone (`fe80::1%eth0`) is not accepted as an address."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def refusal(address: Address, *, loopback: bool = False, refused: Iterable[Network] = ()) -> str | None:
    """Why `address` may not be reached, or None when it may.

    `loopback`: the development switch; it admits 127.0.0.1 and nothing else. `refused`: further networks, the operator's own.
    An IPv6 address that carries IPv4 addresses is judged by each of them.
    """
    if loopback and address == LOOPBACK:
        return None
    for network in refused:
        if address in network:
            return f"{address} is in {network}, which the operator refuses"
    if isinstance(address, IPv4Address):
        return _special(address, SPECIAL_V4)
    return _refusal_v6(address, tuple(refused))


def _refusal_v6(address: IPv6Address, refused: tuple[Network, ...]) -> str | None:
    for inner in embedded(address):
        if (reason := refusal(inner, refused=refused)) is not None:
            return f"{address} stands for {inner}: {reason}"
    if address in _MAPPED or address in _NAT64 or address in _6TO4 or address in _TEREDO:
        return None
    if address not in GLOBAL_V6:
        return f"{address} is outside 2000::/3, the global unicast block"
    return _special(address, SPECIAL_V6)


def embedded(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses a packet to `address` may end at: mapped, NAT64, 6to4, Teredo (server and client), ISATAP."""
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if address in _MAPPED or address in _NAT64:
        return (low,)
    inner = (low,) if number >> 32 & 0xFFFFFFFF in _ISATAP_MARKS else ()
    if address in _6TO4:
        return (IPv4Address(number >> 80 & 0xFFFFFFFF), *inner)
    if address in _TEREDO:
        return (IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(~number & 0xFFFFFFFF))
    return inner


def networks(text: str) -> tuple[Network, ...]:
    """The networks in a comma-separated setting. Raises ValueError with the part that is not one."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _special(address: Address, table: Mapping[IPv4Network, str] | Mapping[IPv6Network, str]) -> str | None:
    for network, use in table.items():
        if address in network:
            return f"{address} is {use}"
    return None
