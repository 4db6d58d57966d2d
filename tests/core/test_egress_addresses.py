"""Which addresses an outgoing request may reach: a corpus of what attackers write, and of what must keep working."""

# ruff: noqa: SIM905 - a corpus is read as a block

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from connect.core.egress.addresses import embedded, networks, parse, refusal

REFUSED = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.0 127.0.0.1 127.0.0.2 127.0.1.1 127.255.255.255 168.63.129.16 169.254.0.0 169.254.0.23 169.254.169.123
169.254.169.253 169.254.169.254 169.254.170.2 169.254.255.255 172.16.0.0 172.16.0.1 172.17.0.1 172.31.255.255 192.0.0.0
192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.192 192.0.2.0 192.0.2.255 192.31.196.1 192.52.193.1 192.88.99.1
192.168.0.0 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.0 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
224.0.0.0 224.0.0.1 224.0.0.251 232.1.1.1 239.255.255.250 239.255.255.255 240.0.0.0 240.0.0.1 254.1.1.1 255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::7f00:1 ::8.8.8.8 ::ffff:0:0 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
::ffff:192.168.1.1 ::ffff:224.0.0.1 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::a00:1
64:ff9b::c0a8:101 64:ff9b::192.0.2.1 64:ff9b:1::1 64:ff9b:1::a9fe:a9fe 64:ff9b:1:fffe::808:808 100::1 100:0:0:1::1
1::1 1fff:ffff::1 2001::1 2001:0:7f00:1::f7f7:f7f7 2001:0:808:808:0:0:80ff:fffe 2001:0:808:808:0:0:5601:5601
2001:0:a00:1::f7f7:f7f7 2001:1::1 2001:1::2 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:1f:ffff::1 2001:20::1
2001:2f:ffff::1 2001:30::1 2001:1ff:ffff::1 2001:db8::1 2001:db8:ffff::1 2002:7f00:1:: 2002:7f00:1::1 2002:a00:1::1
2002:a9fe:a9fe::1 2002:ac10:1::1 2002:c0a8:101::1 2002:e000:1::1 2002:0:0::1 2002:c058:6301::1 2620:4f:8000::1 3fff::1
3fff:fff::1 4000::1 5f00::1 6000::1 8000::1 a000::1 c000::1 e000::1 f000::1 f800::1 fc00::1 fd00::1 fd00:ec2::254
fd20:ce::254 fdff:ffff::1 fe00::1 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 feff::1 ff00::1 ff02::1 ff02::fb ff05::1:3
ff0e::1 ffff::1 2a01:4f8::5efe:7f00:1 2a01:4f8::5efe:a9fe:a9fe 2a01:4f8::200:5efe:a00:1 2002:808:808::5efe:7f00:1
64:ff9b::6464:1 64:ff9b::e000:1 ::ffff:100.64.0.1 ::ffff:172.16.0.1 ::ffff:240.0.0.1 2002:6440:1::1 2002:ffff:ffff::1
fe80::1234:5678 ff01::1 ::fffe:127.0.0.1
""".split()

ALLOWED = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 52.95.110.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 168.63.129.15
169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.1 191.255.255.255 192.0.1.1 192.0.3.1 192.167.255.255 192.169.0.1
198.17.255.255 198.20.0.1 198.51.99.1 203.0.112.1 203.0.114.1 223.255.255.255 2000::1 2001:200::1 2001:4860:4860::8888
2001:db7:ffff::1 2001:db9::1 2003::1 2400:cb00:2048::1 2606:4700:4700::1111 2620:4f:7fff::1 2620:4f:8001::1 2a00:1450::1
2a01:4f8::1 2a01:4f8::5efe:808:808 2c0f:fb50::1 3ffe::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
2001:0:808:808:0:0:f7f7:f7f7
""".split()


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_outside_the_public_internet_is_refused(text: str) -> None:
    assert refusal(ip_address(text)) is not None


@pytest.mark.parametrize("text", ALLOWED)
def test_an_address_of_the_public_internet_is_allowed(text: str) -> None:
    assert refusal(ip_address(text)) is None


def test_the_corpus_is_a_corpus() -> None:
    assert len(set(REFUSED)) == len(REFUSED) >= 150
    assert len(set(ALLOWED)) == len(ALLOWED) >= 36


def test_the_development_switch_admits_one_loopback_address_and_no_other_spelling_of_it() -> None:
    admitted = [text for text in REFUSED if refusal(ip_address(text), loopback=True) is None]
    assert admitted == ["127.0.0.1"]


@pytest.mark.parametrize("text", ["52.95.110.7", "::ffff:52.95.110.7", "64:ff9b::345f:6e07", "2002:345f:6e07::1"])
def test_a_network_of_the_operators_own_is_refused_in_every_form(text: str) -> None:
    own = networks("52.95.110.0/24, 2a01:4f8::/32")
    assert refusal(ip_address(text)) is None
    assert refusal(ip_address(text), refused=own) is not None
    assert refusal(IPv6Address("2a01:4f8::1"), refused=own) is not None
    assert refusal(IPv4Address("52.95.111.7"), refused=own) is None


def test_the_loopback_switch_does_not_open_a_refused_address_that_carries_it() -> None:
    assert refusal(IPv6Address("::ffff:127.0.0.1"), loopback=True) is not None


def test_embedded_addresses_are_unwrapped() -> None:
    assert embedded(IPv6Address("2001:0:4136:e378:8000:63bf:3fff:fdd2")) == (
        IPv4Address("65.54.227.120"),
        IPv4Address("192.0.2.45"),
    )
    assert embedded(IPv6Address("2002:c000:204::1")) == (IPv4Address("192.0.2.4"),)
    assert embedded(IPv6Address("2a00:1450::1")) == ()


def test_a_name_and_an_address_with_a_zone_are_not_addresses() -> None:
    assert parse("example.com") is None
    assert parse("fe80::1%eth0") is None
    assert parse("127.1") is None
    assert parse("1.1.1.1") == IPv4Address("1.1.1.1")


def test_a_malformed_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks("10.0.0.1/8")
