"""Client secrets: made, compared, rotated with an overlap, ended."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps_registry import clients, queries, secrets, services
from apps_registry.clients import Client
from apps_registry.errors import InvalidApp, NoSuchApp, TooManySecrets
from apps_registry.services import NewSecret
from connect.core import clock as core_clock
from connect.core import ids
from tests.support import registry
from tests.support.clock import Clock
from tests.support.registry import OPERATOR
from tests.support.threads import together


def rotate(database: ModuleType, app_id: UUID, **options: Any) -> NewSecret:
    with database.unit_of_work() as session:
        return services.rotate_secret(session, app_id, OPERATOR, **options)


def found(client_id: str) -> Client:
    client = clients.find_client(client_id)
    assert client is not None
    return client


def test_a_secret_has_its_prefix_its_check_and_256_random_bits() -> None:
    made = {secrets.make() for _ in range(100)}
    assert len(made) == 100
    assert all(ids.is_token("vts", secret) and len(secret) == len("vts_") + 43 + 6 for secret in made)


def test_every_live_digest_is_compared_even_after_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    real = secrets.hmac.compare_digest
    monkeypatch.setattr(
        secrets.hmac, "compare_digest", lambda given, known: (compared.append(known), real(given, known))[1]
    )
    first, second = secrets.make(), secrets.make()
    digests = [secrets.digest(first), secrets.digest(second)]
    for presented, right in [(first, True), (second, True), ("wrong", False), ("", False), ("sécret", False)]:
        compared.clear()
        assert secrets.matches(presented, digests) is right
        assert compared == digests


def test_after_a_rotation_both_secrets_work_until_the_overlap_is_over(database: ModuleType, clock: Clock) -> None:
    made = registry.app(registry.team())
    rotated = rotate(database, made.app.id, overlap=timedelta(hours=2))
    assert rotated.older_until == core_clock.now() + timedelta(hours=2) or rotated.older_until is not None
    client = found(made.app.client_id)
    assert client.knows_secret(made.secret or "") and client.knows_secret(rotated.secret)
    clock.move(hours=2, seconds=1)
    client = found(made.app.client_id)
    assert not client.knows_secret(made.secret or "") and client.knows_secret(rotated.secret)


def test_without_an_overlap_the_old_secret_ends_at_once(database: ModuleType) -> None:
    made = registry.app(registry.team())
    rotated = rotate(database, made.app.id, overlap=timedelta())
    client = found(made.app.client_id)
    assert not client.knows_secret(made.secret or "") and client.knows_secret(rotated.secret)


def test_a_third_secret_is_refused_while_two_are_live_unless_it_is_forced(database: ModuleType) -> None:
    made = registry.app(registry.team())
    second = rotate(database, made.app.id)
    with pytest.raises(TooManySecrets) as refusal:
        rotate(database, made.app.id)
    assert refusal.value.until == second.older_until
    third = rotate(database, made.app.id, force=True)
    client = found(made.app.client_id)
    assert [client.knows_secret(secret or "") for secret in (made.secret, second.secret, third.secret)] == [
        False,
        True,
        True,
    ]


def test_a_third_secret_is_made_once_the_first_has_ended(database: ModuleType, clock: Clock) -> None:
    made = registry.app(registry.team())
    rotate(database, made.app.id, overlap=timedelta(hours=1))
    clock.move(hours=1, seconds=1)
    rotate(database, made.app.id)
    assert len(queries.app_page(made.app.id).secrets) == 2


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(hours=169)])
def test_an_overlap_is_between_0_and_168_hours(database: ModuleType, overlap: timedelta) -> None:
    made = registry.app(registry.team())
    with pytest.raises(InvalidApp, match="0 to 168"):
        rotate(database, made.app.id, overlap=overlap)


def test_a_client_without_secrets_has_none_to_rotate(database: ModuleType) -> None:
    made = registry.app(registry.team(), kind="native")
    with pytest.raises(InvalidApp, match="no secret"):
        rotate(database, made.app.id)


def test_of_two_rotations_at_once_one_makes_the_second_secret_and_the_other_is_refused(database: ModuleType) -> None:
    made = registry.app(registry.team())
    results = together(*[lambda: rotate(database, made.app.id)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["NewSecret", "TooManySecrets"]
    assert len(queries.app_page(made.app.id).secrets) == 2


def test_forced_rotations_at_once_never_leave_more_than_two_secrets_live(database: ModuleType) -> None:
    made = registry.app(registry.team())
    results = together(*[lambda: rotate(database, made.app.id, force=True)] * 6)
    assert all(isinstance(result, NewSecret) for result in results)
    client = found(made.app.client_id)
    assert len(client.secrets) == 2
    assert sum(client.knows_secret(result.secret) for result in results) == 2


def test_a_secret_can_be_ended_early_and_ending_it_twice_is_ending_it_once(database: ModuleType) -> None:
    made = registry.app(registry.team())
    secret_id = queries.app_page(made.app.id).secrets[0].id
    for _ in range(2):
        with database.unit_of_work() as session:
            services.end_secret(session, made.app.id, secret_id, OPERATOR)
    assert not found(made.app.client_id).knows_secret(made.secret or "")


def test_a_secret_of_another_app_cannot_be_ended(database: ModuleType) -> None:
    mine, other = registry.app(registry.team("mine")), registry.app(registry.team("other"))
    with pytest.raises(NoSuchApp), database.unit_of_work() as session:
        services.end_secret(session, mine.app.id, queries.app_page(other.app.id).secrets[0].id, OPERATOR)
    with pytest.raises(NoSuchApp), database.unit_of_work() as session:
        services.end_secret(session, mine.app.id, uuid4(), OPERATOR)


def test_the_use_of_a_secret_is_noted_to_the_nearest_ten_minutes(database: ModuleType, clock: Clock) -> None:
    made = registry.app(registry.team())
    secret = found(made.app.client_id).secret_used(made.secret or "")
    assert secret is not None

    def used() -> Any:
        with database.unit_of_work() as session:
            services.note_secret_use(session, secret.id)
        return queries.app_page(made.app.id).secrets[0].last_used_at

    first = used()
    assert first is not None
    clock.move(minutes=9)
    assert used() == first
    clock.move(minutes=2)
    assert used() > first
