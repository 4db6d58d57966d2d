"""What a redirect URI may be, and how one is matched (checklist 3-6)."""

from __future__ import annotations

import pytest

from apps_registry import redirects
from apps_registry.errors import RedirectRefused
from connect.core import settings

ALLOWED = [
    ("confidential", "https://app.example/callback"),
    ("confidential", "https://app.example:8443/callback?tenant=7"),
    ("public", "https://app.example/"),
    ("native", "https://app.example/claimed"),
    ("native", "http://127.0.0.1/callback"),
    ("native", "http://127.0.0.1:51000/callback"),
    ("native", "http://[::1]:51000/callback"),
    ("native", "com.example.app:/callback"),
    ("native", "com.example.app://signed-in"),
]

REFUSED = [
    ("confidential", "https://app.example/callback#", "fragment"),
    ("confidential", "https://app.example/callback#part", "fragment"),
    ("confidential", "https://*.app.example/callback", "wildcard"),
    ("confidential", "https://app.example/*", "wildcard"),
    ("confidential", "https://user@app.example/callback", "userinfo"),
    ("confidential", "https://user:secret@app.example/callback", "userinfo"),
    ("confidential", "http://app.example/callback", "http"),
    ("confidential", "http://localhost/callback", "http"),
    ("confidential", "http://127.0.0.1/callback", "http"),
    ("native", "http://localhost:8000/callback", "http"),
    ("native", "http://127.0.0.2/callback", "http"),
    ("native", "http://127.0.0.1.evil.example/callback", "http"),
    ("native", "javascript:alert(1)", "script"),
    ("confidential", "JavaScript:alert(1)", "script"),
    ("native", "data:text/html,hello", "script"),
    ("native", "file:///etc/passwd", "script"),
    ("confidential", "com.example.app:/callback", "private scheme"),
    ("public", "myapp://callback", "private scheme"),
    ("native", "myapp://callback", "dot"),
    ("confidential", "https:///callback", "host"),
    ("confidential", "https://App.example/callback", "normal form"),
    ("confidential", "HTTPS://app.example/callback", "normal form"),
    ("confidential", "https://app.example/a/../callback", "normal form"),
    ("confidential", "https://app.example/%2e%2e/callback", "normal form"),
    ("confidential", "https://app.example/a%2Fcallback", "normal form"),
    ("confidential", "https://app.example/callback?code=1", "answer parameter"),
    ("confidential", "https://app.example/callback?state", "answer parameter"),
    ("confidential", "/callback", "form"),
    ("confidential", "", "form"),
    ("confidential", "app.example/callback", "form"),
    ("confidential", 'https://app.example/"callback', "form"),
    ("confidential", "https://app.example/call back", "form"),
    ("confidential", "https://app.example/\n", "form"),
    ("confidential", "https://app.example/\\evil.example", "form"),
    ("confidential", "https://äpp.example/callback", "form"),
    ("confidential", "https://app.example/%zz", "form"),
    ("confidential", "https://app.example:99999/callback", "form"),
    ("confidential", "https://app.example:0/callback", "form"),
    ("confidential", "https://[::1/callback", "form"),
    ("confidential", f"https://app.example/{'a' * 2000}", "form"),
]


@pytest.fixture
def production() -> None:
    settings.activate(settings.load(mode="production", base_url="https://connect.test", master_key="x" * 32))


@pytest.fixture
def development() -> None:
    settings.activate(settings.load(mode="development"))


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(("kind", "uri"), ALLOWED)
def test_a_redirect_uri_that_follows_the_rules_is_allowed(kind: str, uri: str) -> None:
    redirects.check(uri, kind)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(("kind", "uri", "rule"), REFUSED)
def test_a_redirect_uri_that_breaks_a_rule_is_refused_by_the_name_of_that_rule(kind: str, uri: str, rule: str) -> None:
    with pytest.raises(RedirectRefused) as refusal:
        redirects.check(uri, kind)
    assert refusal.value.rule == rule
    assert refusal.value.errors[0].field == "redirect_uris"


@pytest.mark.usefixtures("production")
def test_every_rule_has_a_case_above() -> None:
    assert {rule.name for rule in redirects.RULES} | {"form"} == {rule for _kind, _uri, rule in REFUSED}


@pytest.mark.usefixtures("development")
def test_a_platform_in_development_lets_any_client_listen_on_this_device() -> None:
    redirects.check("http://127.0.0.1:5000/callback", "confidential")
    with pytest.raises(RedirectRefused):
        redirects.check("http://app.example/callback", "confidential")


VARIANTS = [
    "https://app.example/callback/",
    "https://app.example/Callback",
    "https://app.example/callback?",
    "https://app.example/callback?a=1",
    "https://app.example/callback#",
    "https://app.example:443/callback",
    "https://APP.example/callback",
    "https://user@app.example/callback",
    "https://app.example/./callback",
    "https://app.example/%63allback",
    "https://app.example/x/%2e%2e/callback",
    "https://app.example.evil.example/callback",
    "http://app.example/callback",
    " https://app.example/callback",
    "https://app.example/callback\x00",
    "",
]


@pytest.mark.parametrize("presented", VARIANTS)
def test_nothing_but_the_exact_redirect_uri_matches(presented: str) -> None:
    registered = ["https://app.example/callback"]
    assert redirects.matches(registered, registered[0], "confidential")
    assert not redirects.matches(registered, presented, "confidential")
    assert not redirects.matches(registered, presented, "native")


LOOPBACK = [
    ("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback", True),
    ("http://127.0.0.1:8000/callback", "http://127.0.0.1:49152/callback", True),
    ("http://127.0.0.1:8000/callback", "http://127.0.0.1/callback", True),
    ("http://[::1]/callback", "http://[::1]:49152/callback", True),
    ("http://127.0.0.1/callback", "http://[::1]:49152/callback", False),
    ("http://127.0.0.1/callback", "http://127.0.0.1:49152/other", False),
    ("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback?a=1", False),
    ("http://127.0.0.1/callback", "http://127.0.0.1:49152@evil.example/callback", False),
    ("http://127.0.0.1/callback", "http://localhost:49152/callback", False),
    ("https://app.example/callback", "https://app.example:49152/callback", False),
]


@pytest.mark.parametrize(("registered", "presented", "fits"), LOOPBACK)
def test_the_port_of_a_loopback_address_is_free_for_a_native_app_and_nothing_else_is(
    registered: str, presented: str, fits: bool
) -> None:
    assert redirects.matches([registered], presented, "native") is fits


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_the_port_of_a_loopback_address_is_exact_for_other_clients(kind: str) -> None:
    assert redirects.matches(["http://127.0.0.1:8000/callback"], "http://127.0.0.1:8000/callback", kind)
    assert not redirects.matches(["http://127.0.0.1:8000/callback"], "http://127.0.0.1:8001/callback", kind)
