"""Settings come from one place; what is unsafe or under policy's floor is refused, by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connect.core import log, settings
from connect.core.settings import SETTINGS, SettingsError

SAFE = {"mode": "production", "base_url": "https://connect.example", "master_key": "k" * 40}


def test_a_variable_of_the_environment_sets_a_duration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_ACCESS_TOKEN_TTL", "5")
    assert settings.load().access_token_ttl == timedelta(seconds=5)


def test_a_malformed_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_WEB_THREADS", "many")
    with pytest.raises(SettingsError, match="CONNECT_WEB_THREADS"):
        settings.load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("master_key", settings.DEVELOPMENT_MASTER_KEY),
        ("master_key", "short"),
        ("base_url", "http://connect.example"),
        ("clock_offset", timedelta(days=1)),
        ("egress_loopback", True),
    ],
)
def test_production_refuses_what_is_for_development(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"CONNECT_{name.upper()}"):
        settings.load(**(SAFE | {name: value}))


@pytest.mark.parametrize("name", ["ledger_retention", "call_retention", "exchange_retention"])
@pytest.mark.parametrize("mode", ["development", "production"])
def test_the_floor_of_the_policy_holds_in_every_mode(name: str, mode: str) -> None:
    """P7: six months from entry."""
    with pytest.raises(SettingsError, match=name.upper()):
        settings.load(**(SAFE | {"mode": mode, name: timedelta(days=182)}))


def test_every_setting_says_what_it_means() -> None:
    assert all(item.metadata["doc"] for item in SETTINGS)


def test_settings_do_not_print_their_secrets() -> None:
    assert "k" * 40 not in repr(settings.load(**SAFE))


def test_a_log_line_keeps_only_what_is_known_to_be_safe() -> None:
    line = log.redact(None, "info", {"event": "x", "count": 3, "email": "a@b.example", "reason": "token vta_abc"})
    assert line == {"event": "x", "count": 3, "email": "[redacted]", "reason": "[redacted]"}
