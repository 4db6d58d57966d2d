"""Which URLs may be called, before any network is touched."""

# ruff: noqa: SIM905 - a corpus is read as a block

import pytest

from connect.core.egress.errors import FAILED, REFUSED, UNFIT, EgressRefused
from connect.core.egress.policy import Policy, check
from connect.core.settings import SettingsError, load, seconds

REFUSED_URLS = {
    "scheme": "http://hooks.neem.in/ ftp://hooks.neem.in/ file://hooks.neem.in/etc gopher://hooks.neem.in/ ws://hooks.neem.in/ "
    "http://127.0.0.1/ HTTP://hooks.neem.in/ //hooks.neem.in/",
    "userinfo": "https://user@hooks.neem.in/ https://user:secret@hooks.neem.in/ https://@hooks.neem.in/ https://:@hooks.neem.in/ "
    "https://hooks.neem.in@evil.in/ https://hooks.neem.in:443@evil.in/ https://@@evil.in/",
    "port": "https://hooks.neem.in:22/ https://hooks.neem.in:80/ https://hooks.neem.in:0/ https://hooks.neem.in:6379/ "
    "https://hooks.neem.in:8080/ https://127.0.0.1:8000/",
    "fragment": "https://hooks.neem.in/#top https://hooks.neem.in/?a=1#",
    "address": "https://127.0.0.1/ https://10.0.0.1/ https://169.254.169.254/latest/meta-data https://0.0.0.0/ https://[::1]/ "
    "https://[::]/ https://[fd00:ec2::254]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[64:ff9b::a9fe:a9fe]/ "
    "https://[2002:7f00:1::]/ https://192.168.1.1:8443/ https://255.255.255.255/ https://[fe80::1]/",
    "host": "https://localhost/ https://LOCALHOST/ https://localhost./ https://app.localhost/ https://printer.local/ "
    "https://metadata.google.internal/ https://db.internal/ https://intranet/ https://kubernetes.default.svc.cluster.local/ "
    "https://host.docker.internal/ https://router.lan/ https://nas.home.arpa/ https://hidden.onion/ https://a.test/ "
    "https://127.1/ https://127.0.1/ https://2130706433/ https://0x7f000001/ https://0x7f.0.0.1/ https://0177.0.0.1/ "
    "https://017700000001/ https://0x7f.1/ https://127.0.0.1./ https://1.2.3.4.5/ https://1.2.3/ https://example.0x50/ "
    "https://a..in/ https://.neem.in/ https://-a.in/ https://a-.in/ https://a*b.in/ https://a,b.in/ https://a!b.in/ "
    f"https://{'a' * 64}.in/ https://{'a.' * 127}in/",
    "url": "https:// https:///path hooks.neem.in /path https:hooks.neem.in https://hooks.neem.in:99999/ "
    "https://hooks.neem.in:x/ https://[::1/ https://::1/ https://[fe80::1%25eth0]/ https://hooks%2eneem.in/ https://%31.1.1.1/ "
    "https://hooks.neem.in\\@evil.in/ https:\\\\hooks.neem.in/ https://hooks.neem.in\x00.evil.in/ https://ⓗooks.in/ "
    f"https://münchen.de/ https://hooks。in/ https://hooks.neem.in/{'a' * 2048} javascript:alert(1) data:text/plain,a",
}  # fmt: skip
CORPUS = [(reason, url) for reason, urls in REFUSED_URLS.items() for url in urls.split(" ")]

ALLOWED_URLS = """
https://hooks.neem.in/ https://hooks.neem.in https://hooks.neem.in/voicetree https://hooks.neem.in:8443/a?b=c%20d&e=@f
HTTPS://Hooks.Neem.IN/x https://hooks.neem.in./ https://xn--mnchen-3ya.de/ https://a_b.neem.in/ https://8.8.8.8/
https://[2606:4700:4700::1111]/dns https://1password.com/ https://3.in/ https://neem.xn--h2brj9c/
""".split()

POLICY = Policy(ports=frozenset({443, 8443}))
DEVELOPMENT = Policy(ports=frozenset({443}), loopback=True)


@pytest.mark.parametrize(("reason", "url"), CORPUS)
def test_a_url_that_may_not_be_called_is_refused_with_its_reason(reason: str, url: str) -> None:
    with pytest.raises(EgressRefused) as refused:
        check(url, POLICY)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "url", ["https://hooks.neem.in/a b", "https://hooks.neem.in/\r\nHost: x", "https://a.in/\t", ""]
)
def test_white_space_in_a_url_is_refused(url: str) -> None:
    with pytest.raises(EgressRefused) as refused:
        check(url, POLICY)
    assert refused.value.reason == "url"


@pytest.mark.parametrize("url", ALLOWED_URLS)
def test_a_public_https_url_is_let_out_as_it_was_written(url: str) -> None:
    assert str(check(url, POLICY)).lower().rstrip("/") == url.lower().rstrip("/")


def test_in_development_loopback_may_be_called_by_http_on_any_port() -> None:
    assert check("http://127.0.0.1:5000/hook", DEVELOPMENT).port == 5000
    assert check("https://127.0.0.1:5001/hook", DEVELOPMENT).port == 5001


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2:5000/",
        "http://localhost:5000/",
        "http://[::1]:5000/",
        "http://hooks.neem.in/",
        "http://10.0.0.1/",
        "https://169.254.169.254/",
        "https://hooks.neem.in:5000/",
        "http://[::ffff:127.0.0.1]:5000/",
        "http://127.1:5000/",
    ],
)
def test_the_development_switch_opens_nothing_else(url: str) -> None:
    with pytest.raises(EgressRefused):
        check(url, DEVELOPMENT)


def test_no_name_leads_to_loopback_even_in_development() -> None:
    from connect.core.egress.addresses import LOOPBACK

    assert DEVELOPMENT.admits(LOOPBACK)
    assert not DEVELOPMENT.admits_answer(LOOPBACK)


def test_the_policy_comes_from_the_settings() -> None:
    policy = Policy.of(load(egress_ports="443, 9443", egress_refused="52.95.110.0/24", egress_loopback=True))
    assert policy.ports == {443, 9443}
    assert policy.loopback
    assert (policy.connect, policy.total, policy.body_limit) == (5.0, 15.0, 65_536)
    with pytest.raises(EgressRefused):
        check("https://52.95.110.9/", policy)


def test_an_error_names_a_documented_reason_and_no_address() -> None:
    with pytest.raises(EgressRefused) as refused:
        check("https://10.20.30.40/", POLICY)
    assert refused.value.reason in REFUSED
    assert "10.20" not in str(refused.value)
    assert len(REFUSED | FAILED | UNFIT) == len(REFUSED) + len(FAILED) + len(UNFIT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("egress_ports", "443,https"),
        ("egress_refused", "10.0.0.0/8, here"),
        ("webhook_retries", "5,soon"),
        ("webhook_lease", seconds(15)),
    ],
)
def test_a_malformed_setting_is_refused_at_the_start_by_its_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"CONNECT_{name.upper()}"):
        load(**{name: value})
