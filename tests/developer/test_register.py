"""Registering an app by page: one short form, every refusal at its field, the secret shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from apps_registry import queries
from connect.core import settings as core_settings
from tests.support import registry
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
DEV = "dev@dialler.example"
FIELDS: dict[str, Any] = {
    "name": "Dialler",
    "legal_developer": "Dialler Private Limited",
    "privacy_policy_url": "https://dialler.example/privacy",
    "client_kind": "confidential",
    "redirect_uris": "https://dialler.example/callback\r\n\r\nhttps://dialler.example/two\r\n",
    "retention_days": "30",
    "ask-call_log:read": "required",
    "ask-call_log.numbers:read": "optional",
    "purpose-call_log.numbers:read": "Shows who called.",
}


@pytest.fixture
def developer(database: ModuleType, visit: Visit) -> Visitor:
    registry.person(DEV, ("developer", {"team_id": registry.team()}))
    browser = visit()
    browser.sign_in(DEV)
    return browser


def secrets_in(page: str) -> set[str]:
    return set(re.findall(r"vts_[A-Za-z0-9_-]{49}", page))


def test_one_form_makes_an_app_and_shows_its_secret_once(developer: Visitor) -> None:
    answer = developer.send("/developer/apps/new", FIELDS)
    assert answer.status_code == 303
    (line,) = queries.apps()
    assert answer.location == f"/developer/apps/{line.client_id}"
    (secret,) = secrets_in(developer.get(answer.location).get_data(as_text=True))
    assert secrets_in(developer.get(answer.location).get_data(as_text=True)) == set()
    page = queries.app_page(line.id)
    assert page.secrets[0].hint == secret[-4:]
    assert page.redirect_uris == ("https://dialler.example/callback", "https://dialler.example/two")
    assert [(scope.name, scope.required, scope.purpose) for scope in page.versions[0].scopes] == [
        ("call_log.numbers:read", False, "Shows who called."),
        ("call_log:read", True, ""),
    ]


def test_the_secret_travels_sealed_and_only_to_the_session_that_made_it(developer: Visitor, visit: Visit) -> None:
    location = developer.send("/developer/apps/new", FIELDS).location
    with developer.client.session_transaction(base_url=core_settings.current().base_url) as cookie:
        box = cookie["shown-once"]
    assert "vts_" not in box
    other = visit()
    other.sign_in(DEV)
    with other.client.session_transaction(base_url=core_settings.current().base_url) as cookie:
        cookie["shown-once"] = box
    assert secrets_in(other.get(location).get_data(as_text=True)) == set()


REFUSED = [
    ({"name": ""}, "name"),
    ({"legal_developer": " "}, "legal_developer"),
    ({"privacy_policy_url": ""}, "privacy_policy_url"),
    ({"privacy_policy_url": "http://dialler.example/privacy"}, "privacy_policy_url"),
    ({"client_kind": ""}, "client_kind"),
    ({"client_kind": "desktop"}, "client_kind"),
    ({"redirect_uris": ""}, "redirect_uris"),
    ({"redirect_uris": "https://dialler.example/#x"}, "redirect_uris"),
    ({"retention_days": "soon"}, "retention_days"),
    ({"retention_days": "0"}, "retention_days"),
    ({"support_email": "nobody"}, "support_email"),
    ({"home_url": "javascript:alert(1)"}, "home_url"),
    ({"purpose-call_log.numbers:read": ""}, "purpose-call_log.numbers:read"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_a_wrong_field_is_named_where_it_stands_and_nothing_is_made(
    developer: Visitor, change: dict[str, str], field: str
) -> None:
    answer = developer.send("/developer/apps/new", {**FIELDS, **change})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page and "<title>Error:" in page
    assert queries.apps() == []


def test_what_was_entered_is_still_there_after_a_refusal(developer: Visitor) -> None:
    page = developer.send("/developer/apps/new", {**FIELDS, "name": ""}).get_data(as_text=True)
    assert "Shows who called." in page and "https://dialler.example/two" in page
    assert re.search(r'id="ask-call_log:read-required"[^>]*checked', page)


def test_a_redirect_uri_is_refused_with_the_rule_it_breaks(developer: Visitor) -> None:
    page = developer.send("/developer/apps/new", {**FIELDS, "redirect_uris": "http://dialler.example/cb"}).get_data(
        as_text=True
    )
    assert "http://dialler.example/cb" in page and "RFC 8252 7.3" in page


def test_without_a_scope_there_is_no_app(developer: Visitor) -> None:
    fields = {name: value for name, value in FIELDS.items() if not name.startswith(("ask-", "purpose-"))}
    answer = developer.send("/developer/apps/new", fields)
    assert answer.status_code == 422
    assert "Choose at least one scope" in answer.get_data(as_text=True)


def test_fields_that_the_form_does_not_have_make_no_private_or_published_app(developer: Visitor) -> None:
    extra = {
        "state": "published",
        "owner_account_id": "acc_x",
        "team_id": "team_x",
        "ask-app:read": "required",
        "ask-ledger:read": "required",
    }
    developer.send("/developer/apps/new", {**FIELDS, **extra})
    (line,) = queries.apps()
    page = queries.app_page(line.id)
    assert (page.state, page.owner_account_id) == ("draft", None)
    assert {scope.name for scope in page.versions[0].scopes} == {"call_log:read", "call_log.numbers:read"}


@pytest.mark.parametrize("kind", ["public", "native"])
def test_a_client_without_a_secret_shows_none(developer: Visitor, kind: str) -> None:
    location = developer.send("/developer/apps/new", {**FIELDS, "client_kind": kind}).location
    assert secrets_in(developer.get(location).get_data(as_text=True)) == set()


def test_a_device_is_registered_without_a_redirect_uri(developer: Visitor) -> None:
    answer = developer.send("/developer/apps/new", {**FIELDS, "client_kind": "device", "redirect_uris": ""})
    assert answer.status_code == 303
    page = developer.get(answer.location).get_data(as_text=True)
    assert "Device without a browser" in page and "the device code, alone" in page
    assert secrets_in(page) == set()
    refused = developer.send("/developer/apps/new", {**FIELDS, "client_kind": "device"})
    assert "a device client has no browser to come back to" in refused.get_data(as_text=True)


def test_the_picker_shows_every_scope_of_a_consent_page_and_no_other(developer: Visitor) -> None:
    from connect.scopes.scopes import CONSENT_SCOPES

    page = developer.get("/developer/apps/new").get_data(as_text=True)
    assert set(re.findall(r'name="ask-([^"]+)"', page)) == set(CONSENT_SCOPES)
