"""Registering an app: what must be said, what is refused and how, what comes out."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from apps_registry import queries, services, signals
from apps_registry.details import Asked, Registration
from apps_registry.errors import InvalidApp
from apps_registry.models import App
from connect.core import ids
from tests.support import registry
from tests.support.registry import OPERATOR, REGISTRATION


def refused(database: ModuleType, **changes: Any) -> dict[str, str]:
    """The wrong fields with what is said about each."""
    team_id = registry.team(f"team {uuid4()}")
    with pytest.raises(InvalidApp) as refusal, database.unit_of_work() as session:
        services.register(session, team_id, replace(REGISTRATION, **changes), OPERATOR)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(App)) == 0
    return {error.field: error.message for error in refusal.value.errors}


def test_a_registered_app_is_a_draft_with_a_first_version_and_a_secret_shown_once(database: ModuleType) -> None:
    made = registry.app(registry.team())
    page = queries.app_page(made.app.id)
    assert (page.state, page.name, page.kind, page.auth_method) == (
        "draft",
        "Dialler",
        "confidential",
        "client_secret_basic",
    )
    assert page.redirect_uris == ("https://dialler.example/callback",)
    assert made.secret is not None and ids.is_token("vts", made.secret)
    assert [(secret.hint, secret.expires_at) for secret in page.secrets] == [(made.secret[-4:], None)]
    assert [(version.number, version.state) for version in page.versions] == [(1, "draft")]
    assert [(scope.name, scope.required, scope.purpose) for scope in page.versions[0].scopes] == [
        ("call_log.numbers:read", False, "Shows who called."),
        ("call_log:read", True, ""),
    ]
    assert page.versions[0].default_terms == {"retention_days": 30}


def test_the_secret_itself_is_nowhere_in_the_database(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with database.read() as connection:
        for table in database.Base.metadata.tables.values():
            for row in connection.execute(select(table)):
                assert made.secret not in map(str, row)


def test_a_device_has_neither_secret_nor_redirect_uri_and_asks_customers(database: ModuleType) -> None:
    assert set(refused(database, kind="device")) == {"redirect_uris"}
    assert set(refused(database, kind="device", redirect_uris=(), asked=())) == {"scopes"}
    made = registry.app(registry.team(), kind="device", redirect_uris=())
    assert (made.secret, made.app.auth_method) == (None, "none")


@pytest.mark.parametrize("kind", ["public", "native"])
def test_a_client_that_cannot_keep_a_secret_gets_none(database: ModuleType, kind: str) -> None:
    made = registry.app(registry.team(), kind=kind)
    assert made.secret is None
    assert queries.app_page(made.app.id).auth_method == "none"


def test_a_service_client_has_a_secret_and_asks_customers_for_nothing(database: ModuleType) -> None:
    made = registry.app(registry.team(), kind="service", redirect_uris=(), asked=())
    assert made.secret is not None
    assert set(refused_service(database)) == {"redirect_uris", "scopes"}


def refused_service(database: ModuleType) -> dict[str, str]:
    team_id = registry.team("service team")
    with pytest.raises(InvalidApp) as refusal, database.unit_of_work() as session:
        services.register(session, team_id, replace(REGISTRATION, kind="service"), OPERATOR)
    return {error.field: error.message for error in refusal.value.errors}


def test_a_privacy_policy_is_required(database: ModuleType) -> None:
    assert "privacy policy is required" in refused(database, privacy_policy_url="")["privacy_policy_url"]


@pytest.mark.parametrize(
    "address",
    [
        "http://dialler.example/privacy",
        "https://dialler/privacy",
        "javascript:alert(1)",
        "https://a@dialler.example/",
        "privacy",
        "//x.y",
    ],
)
def test_a_privacy_policy_has_a_public_https_address(database: ModuleType, address: str) -> None:
    assert "https://" in refused(database, privacy_policy_url=address)["privacy_policy_url"]


def test_all_wrong_fields_are_named_at_once(database: ModuleType) -> None:
    wrong = refused(
        database, name=" ", legal_developer="", privacy_policy_url="", support_email="nobody", retention_days=0
    )
    assert set(wrong) == {"name", "legal_developer", "privacy_policy_url", "support_email", "retention_days"}


@pytest.mark.parametrize("name", ["Dia\u202eller", "Dialler\u0000", "Dial\u2060ler", "a" * 101])
def test_a_name_that_can_pose_as_another_is_refused(database: ModuleType, name: str) -> None:
    assert set(refused(database, name=name)) == {"name"}


def test_a_name_in_hindi_with_its_joiners_is_a_name(database: ModuleType) -> None:
    assert registry.app(registry.team(), name="क्\u200dया कॉल").app.name == "क्\u200dया कॉल"


def test_an_unknown_kind_and_an_authentication_method_of_another_kind_are_refused(database: ModuleType) -> None:
    assert set(refused(database, kind="desktop")) == {"kind"}
    assert set(refused(database, kind="native", auth_method="client_secret_basic")) == {"auth_method"}


def test_a_sensitive_scope_without_a_purpose_is_refused_by_its_own_field(database: ModuleType) -> None:
    asked = (Asked("call_log:read"), Asked("contacts:read", purpose="  "))
    assert set(refused(database, asked=asked)) == {"purpose.contacts:read"}


@pytest.mark.parametrize("scope", ["calls:read", "app:read", "ledger:read", "call_log:read ", "*"])
def test_a_scope_that_no_consent_page_can_show_is_refused(database: ModuleType, scope: str) -> None:
    assert scope in refused(database, asked=(Asked("call_log:read"), Asked(scope)))["scopes"]


def test_the_same_scope_twice_and_no_scope_at_all_are_refused(database: ModuleType) -> None:
    assert "twice" in refused(database, asked=(Asked("call_log:read"), Asked("call_log:read")))["scopes"]
    assert set(refused(database, asked=())) == {"scopes"}
    assert set(refused(database, asked=(Asked("offline_access", required=True),))) == {"scopes"}


def test_lasting_access_beside_a_restricted_scope_cannot_be_required(database: ModuleType) -> None:
    audio = (Asked("recordings:read"), Asked("recordings.audio:read", purpose="Scores calls."))
    assert "optional" in refused(database, asked=(*audio, Asked("offline_access", required=True)))["scopes"]
    registry.app(registry.team(), asked=(*audio, Asked("offline_access")))


def test_each_wrong_redirect_uri_is_named_with_its_rule(database: ModuleType) -> None:
    wrong = refused(database, redirect_uris=("https://dialler.example/callback#x",))["redirect_uris"]
    assert "https://dialler.example/callback#x" in wrong and "fragment" in wrong
    assert "come back" in refused(database, redirect_uris=())["redirect_uris"]
    assert "twice" in refused(database, redirect_uris=("https://a.example/", "https://a.example/"))["redirect_uris"]
    assert "20" in refused(database, redirect_uris=tuple(f"https://a.example/{n}" for n in range(21)))["redirect_uris"]


def test_default_terms_that_do_not_exist_or_cannot_be_are_refused(database: ModuleType) -> None:
    wrong = refused(database, default_terms={"life_days": 0, "colour": "red"})
    assert set(wrong) == {"default_terms.life_days", "default_terms.colour"}


def test_a_private_app_is_private_from_the_start_and_has_no_restricted_scope(database: ModuleType) -> None:
    owner = uuid4()
    assert registry.app(registry.team(), owner_account_id=owner).app.state == "private"
    asked = (Asked("recordings.audio:read", purpose="Scores calls."),)
    team_id = registry.team("another team")
    with pytest.raises(InvalidApp, match="security review"), database.unit_of_work() as session:
        services.register(session, team_id, replace(REGISTRATION, owner_account_id=owner, asked=asked), OPERATOR)


def test_registering_tells_the_rooms_above_within_the_transaction(database: ModuleType) -> None:
    told: list[Any] = []

    def receiver(app: App, **said: Any) -> None:
        told.append((app.name, said["version"].number, said["actor"], said["session"] is database.current_unit()))

    with signals.app_registered.connected_to(receiver):
        registry.app(registry.team())
    assert told == [("Dialler", 1, OPERATOR, True)]


def test_a_receiver_that_raises_leaves_no_app_behind(database: ModuleType) -> None:
    def receiver(_app: App, **_said: Any) -> None:
        raise RuntimeError("the ledger cannot be written")

    team_id = registry.team()
    with signals.app_registered.connected_to(receiver), pytest.raises(RuntimeError):
        registry.app(team_id)
    assert queries.apps() == []


def test_a_team_name_is_taken_once_in_any_case_of_letters(database: ModuleType) -> None:
    registry.team("Dialler team")
    with pytest.raises(InvalidApp, match="not taken"):
        registry.team("dialler TEAM")


def test_registration_is_frozen() -> None:
    assert Registration.__dataclass_params__.frozen  # type: ignore[attr-defined]
