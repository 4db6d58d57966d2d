"""An app as the OAuth client: one statement, and the version that is in force for it."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps_registry import clients, services, steps, versions
from apps_registry.clients import Client
from apps_registry.details import Asked
from apps_registry.lifecycle import Party
from apps_registry.services import Registered
from tests.support import registry
from tests.support.registry import OPERATOR

READ, STATS = Asked("call_log:read", required=True), Asked("call_log.stats:read")


def found(made: Registered) -> Client:
    client = clients.find_client(made.app.client_id)
    assert client is not None
    return client


def published(database: ModuleType, **changes: Any) -> Registered:
    made = registry.app(registry.team(), **changes)
    with database.unit_of_work() as session:
        versions.publish(session, made.app.id, OPERATOR)
    return made


def test_a_client_is_found_whole(database: ModuleType) -> None:
    uris = ("https://dialler.example/b", "https://dialler.example/a?x=1")
    made = registry.app(registry.team(), redirect_uris=uris)
    client = found(made)
    assert (client.app_id, client.name, client.kind, client.state) == (made.app.id, "Dialler", "confidential", "draft")
    assert client.redirect_uris == tuple(sorted(uris))
    assert client.version is not None
    assert client.version.required == {"call_log:read"}
    assert client.version.optional == {"call_log.numbers:read"}
    assert client.version.scopes == {"call_log:read", "call_log.numbers:read"}
    assert client.version.default_terms == {"retention_days": 30}
    assert client.may_return_to(uris[0]) and not client.may_return_to("https://dialler.example/")


def test_a_client_without_secret_redirect_uri_or_scope_is_found_whole_too(database: ModuleType) -> None:
    client = found(registry.app(registry.team(), kind="service", redirect_uris=(), asked=()))
    assert client.redirect_uris == ()
    assert client.version is not None and client.version.scopes == frozenset()
    native = found(registry.app(registry.team("other"), kind="native"))
    assert native.secrets == () and not native.knows_secret("")


@pytest.mark.parametrize(
    "client_id", ["app_00000000000000000000000000", "", "https://app.example/client", "a' OR '1'='1", "é"]
)
def test_an_unknown_client_id_finds_nobody(database: ModuleType, client_id: str) -> None:
    registry.app(registry.team())
    assert clients.find_client(client_id) is None


def test_finding_a_client_is_one_statement_however_much_it_has(database: ModuleType, count_queries: Any) -> None:
    uris = tuple(f"https://dialler.example/{n}" for n in range(20))
    made = registry.app(registry.team(), redirect_uris=uris, asked=(READ, STATS))
    with database.unit_of_work() as session:
        services.rotate_secret(session, made.app.id, OPERATOR)
    with count_queries() as statements:
        client = found(made)
    assert len([each for each in statements if each.lstrip().upper().startswith("SELECT")]) == 1
    assert len(client.secrets) == 2 and len(client.redirect_uris) == 20


def test_a_client_is_found_inside_an_open_unit_of_work(database: ModuleType) -> None:
    with database.unit_of_work() as session:
        team = services.add_team(session, "inside")
        made = services.register(session, team.id, registry.REGISTRATION, OPERATOR)
        client = clients.find_client(made.app.client_id, session)
        assert client is not None and client.app_id == made.app.id


def test_the_published_version_is_in_force_until_the_next_is_published(database: ModuleType) -> None:
    made = published(database, asked=(READ,))
    asked = [READ, Asked("contacts:read", purpose="Names callers.")]
    with database.unit_of_work() as session:
        versions.add_version(session, made.app.id, asked, OPERATOR)
    version = found(made).version
    assert version is not None and (version.number, version.reviewed) == (1, True)
    with database.unit_of_work() as session:
        versions.publish(session, made.app.id, OPERATOR)
    version = found(made).version
    assert version is not None and (version.number, version.reviewed) == (2, True)


def test_the_newest_version_is_in_force_for_an_app_under_test(database: ModuleType) -> None:
    made = registry.app(registry.team(), asked=(READ,))
    with database.unit_of_work() as session:
        versions.add_version(session, made.app.id, [READ, STATS], OPERATOR)
    version = found(made).version
    assert version is not None and (version.number, version.reviewed) == (2, False)


def connects(made: Registered, account_id: UUID | None = None, kind: str = "customer") -> bool:
    return clients.may_connect(found(made), account_id or uuid4(), kind)


def test_an_app_under_test_is_open_to_sandbox_accounts_and_named_testers_only(database: ModuleType) -> None:
    made, tester = registry.app(registry.team()), uuid4()
    with database.unit_of_work() as session:
        services.add_tester(session, made.app.id, tester, OPERATOR)
    assert connects(made, tester)
    assert connects(made, kind="sandbox")
    assert not connects(made)


def test_a_private_app_is_open_to_its_own_account_only(database: ModuleType) -> None:
    owner = uuid4()
    made = registry.app(registry.team(), owner_account_id=owner)
    assert connects(made, owner)
    assert not connects(made) and not connects(made, kind="sandbox")


def test_a_published_app_is_open_to_all_until_it_is_suspended_and_again_when_reinstated(database: ModuleType) -> None:
    made = published(database)
    assert connects(made) and found(made).usable
    with database.unit_of_work() as session:
        steps.suspend(session, made.app.id, "Sells numbers.", OPERATOR, Party.OPERATOR)
    assert not connects(made) and not connects(made, kind="sandbox") and not found(made).usable
    assert found(made).state_reason == "Sells numbers."
    with database.unit_of_work() as session:
        steps.reinstate(session, made.app.id, "Mended.", OPERATOR, Party.OPERATOR)
    assert connects(made) and found(made).state_reason == ""
