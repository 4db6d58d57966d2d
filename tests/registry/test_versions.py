"""Versions and their review: what is added is looked at, what is taken away is not, and T3 needs two people."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps_registry import queries, reviews, services, signals, versions
from apps_registry.details import Asked
from apps_registry.errors import InvalidApp, MoveRefused, NoSuchApp, ReviewRefused
from apps_registry.models import App
from connect.core.actor import Actor, person
from tests.support import registry
from tests.support.registry import OPERATOR
from tests.support.threads import together

READ = Asked("call_log:read", required=True)
NUMBERS = Asked("call_log.numbers:read", purpose="Shows who called.")
AUDIO = Asked("recordings.audio:read", purpose="Scores calls.")
STATS = Asked("call_log.stats:read")
DEVELOPER = person(uuid4())


def act(database: ModuleType, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with database.unit_of_work() as session:
        return service(session, *args, **kwargs)


def submitted(database: ModuleType, *asked: Asked) -> tuple[UUID, UUID]:
    """An app whose first version is with the reviewers: the app's id and the version's."""
    made = registry.app(registry.team(), asked=asked or (READ,))
    act(database, versions.submit, made.app.id, DEVELOPER)
    return made.app.id, made.version.id


def published(database: ModuleType, *asked: Asked) -> UUID:
    app_id, version_id = submitted(database, *asked)
    for _ in range(2 if AUDIO in asked else 1):
        approve(database, version_id)
    assert state(app_id) == ("published", {1: "published"})
    return app_id


def approve(database: ModuleType, version_id: UUID, by: Actor | None = None) -> None:
    act(database, versions.review, version_id, "approved", "", by or person(uuid4()))


def state(app_id: UUID) -> tuple[str, dict[int, str]]:
    page = queries.app_page(app_id)
    return page.state, {version.number: version.state for version in page.versions}


def test_one_approval_publishes_a_first_version(database: ModuleType) -> None:
    app_id, version_id = submitted(database)
    assert state(app_id) == ("in_review", {1: "in_review"})
    approve(database, version_id)
    assert state(app_id) == ("published", {1: "published"})
    assert queries.version(version_id).published_at is not None


def test_restricted_scopes_are_published_by_the_second_of_two_different_reviewers(database: ModuleType) -> None:
    app_id, version_id = submitted(database, READ, AUDIO)
    first = person(uuid4())
    approve(database, version_id, first)
    assert state(app_id) == ("in_review", {1: "in_review"})
    with pytest.raises(ReviewRefused, match="another reviewer"):
        approve(database, version_id, first)
    approve(database, version_id)
    assert state(app_id) == ("published", {1: "published"})


def test_approvals_from_before_a_version_was_sent_back_no_longer_count(database: ModuleType) -> None:
    app_id, version_id = submitted(database, READ, AUDIO)
    first, second = person(uuid4()), person(uuid4())
    approve(database, version_id, first)
    act(database, versions.review, version_id, "changes_asked", "Say for how long you keep them.", second)
    assert state(app_id) == ("testing", {1: "draft"})
    act(database, versions.submit, app_id, DEVELOPER)
    approve(database, version_id, second)
    assert state(app_id)[0] == "in_review"
    approve(database, version_id, first)
    assert state(app_id)[0] == "published"


def test_two_reviewers_who_approve_at_once_publish_once(database: ModuleType) -> None:
    app_id, version_id = submitted(database, READ, AUDIO)
    told: list[int] = []

    def receiver(_app: App, **said: Any) -> None:
        told.append(said["version"].number)

    with signals.version_published.connected_to(receiver):
        assert together(*[lambda: approve(database, version_id)] * 2) == [None, None]
    assert told == [1]
    assert state(app_id) == ("published", {1: "published"})


def test_one_reviewer_with_two_windows_is_one_reviewer(database: ModuleType) -> None:
    app_id, version_id = submitted(database, READ, AUDIO)
    only = person(uuid4())
    results = together(*[lambda: approve(database, version_id, only)] * 2)
    assert [type(result) for result in results if result is not None] == [ReviewRefused]
    assert state(app_id)[0] == "in_review"


def test_a_refusal_needs_a_reason_and_ends_that_version(database: ModuleType) -> None:
    app_id, version_id = submitted(database)
    with pytest.raises(ReviewRefused, match="what the developer has to change"):
        act(database, versions.review, version_id, "refused", "  ", person(uuid4()))
    act(database, versions.review, version_id, "refused", "Not a telephony app.", person(uuid4()))
    assert state(app_id) == ("testing", {1: "refused"})
    with pytest.raises(ReviewRefused, match="no new version"):
        act(database, versions.submit, app_id, DEVELOPER)


def test_nothing_that_is_not_with_the_reviewers_can_be_decided(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with pytest.raises(ReviewRefused, match="not being reviewed"):
        approve(database, made.version.id)
    with pytest.raises(ReviewRefused, match="Choose one of"):
        act(database, versions.review, made.version.id, "waved through", "", person(uuid4()))
    with pytest.raises(NoSuchApp):
        approve(database, uuid4())


def test_a_version_that_takes_scopes_away_is_in_force_at_once(database: ModuleType) -> None:
    app_id = published(database, READ, NUMBERS)
    act(database, versions.add_version, app_id, [READ], DEVELOPER)
    assert state(app_id) == ("published", {1: "published", 2: "published"})


def test_a_version_that_adds_only_open_scopes_is_in_force_at_once(database: ModuleType) -> None:
    app_id = published(database, READ)
    act(database, versions.add_version, app_id, [READ, STATS], DEVELOPER)
    assert state(app_id)[1][2] == "published"


WIDER = [
    [READ, NUMBERS, Asked("contacts:read", purpose="Names callers.")],
    [READ, Asked("call_log.numbers:read", required=True, purpose="Shows who called.")],
    [READ, Asked("call_log.numbers:read", purpose="Sells who called.")],
]


@pytest.mark.parametrize(
    "asked", WIDER, ids=["a scope is new", "an optional scope is required", "a purpose is another"]
)
def test_a_version_that_asks_for_more_waits_for_a_review_while_the_app_stays_published(
    database: ModuleType, asked: list[Asked]
) -> None:
    app_id = published(database, READ, NUMBERS)
    version = act(database, versions.add_version, app_id, asked, DEVELOPER)
    assert state(app_id) == ("published", {1: "published", 2: "draft"})
    act(database, versions.submit, app_id, DEVELOPER)
    assert state(app_id) == ("published", {1: "published", 2: "in_review"})
    approve(database, version.id)
    assert state(app_id)[1][2] == "published"


def test_two_people_look_at_restricted_scopes_that_a_later_version_adds(database: ModuleType) -> None:
    app_id = published(database, READ)
    version = act(database, versions.add_version, app_id, [READ, AUDIO], DEVELOPER)
    act(database, versions.submit, app_id, DEVELOPER)
    approve(database, version.id)
    assert state(app_id)[1][2] == "in_review"
    approve(database, version.id)
    assert state(app_id)[1][2] == "published"


def test_no_version_is_added_while_another_is_with_the_reviewers(database: ModuleType) -> None:
    app_id, _version_id = submitted(database)
    with pytest.raises(ReviewRefused, match="withdraw"):
        act(database, versions.add_version, app_id, [READ, STATS], DEVELOPER)
    act(database, versions.withdraw, app_id, DEVELOPER)
    assert state(app_id) == ("testing", {1: "draft"})
    act(database, versions.add_version, app_id, [READ, STATS], DEVELOPER)
    with pytest.raises(ReviewRefused, match="No version is being reviewed"):
        act(database, versions.withdraw, app_id, DEVELOPER)


def test_a_version_keeps_the_terms_of_the_one_before_unless_it_brings_its_own(database: ModuleType) -> None:
    made = registry.app(registry.team(), default_terms={"life_days": 30})
    second = act(database, versions.add_version, made.app.id, [READ], DEVELOPER)
    assert second.default_terms == {"retention_days": 30, "life_days": 30}
    third = act(database, versions.add_version, made.app.id, [READ], DEVELOPER, default_terms={"life_days": 60})
    assert third.default_terms == {"retention_days": 30, "life_days": 60}
    with pytest.raises(InvalidApp):
        act(database, versions.add_version, made.app.id, [READ], DEVELOPER, default_terms={"life_days": "long"})


def test_versions_added_at_once_get_different_numbers(database: ModuleType) -> None:
    made = registry.app(registry.team())
    results = together(*[lambda: act(database, versions.add_version, made.app.id, [READ, STATS], DEVELOPER)] * 4)
    assert sorted(version.number for version in results) == [2, 3, 4, 5]


def test_the_operator_publishes_by_command_and_counts_as_one_of_two(database: ModuleType) -> None:
    plain = registry.app(registry.team("one"), asked=(READ,)).app.id
    act(database, versions.publish, plain, OPERATOR)
    assert state(plain) == ("published", {1: "published"})
    restricted = registry.app(registry.team("two"), asked=(READ, AUDIO)).app.id
    version = act(database, versions.publish, restricted, OPERATOR)
    assert state(restricted) == ("in_review", {1: "in_review"})
    with pytest.raises(ReviewRefused, match="another reviewer"):
        act(database, versions.publish, restricted, OPERATOR)
    approve(database, version.id)
    assert state(restricted) == ("published", {1: "published"})


def test_a_private_app_is_never_reviewed(database: ModuleType) -> None:
    made = registry.app(registry.team(), owner_account_id=uuid4())
    with pytest.raises(MoveRefused):
        act(database, versions.submit, made.app.id, DEVELOPER)
    with pytest.raises(MoveRefused):
        act(database, versions.publish, made.app.id, OPERATOR)


def test_the_queue_shows_what_waits_longest_first_with_its_approvals(database: ModuleType, clock: Any) -> None:
    _first_app, first = submitted(database, READ, AUDIO)
    clock.move(hours=1)
    second_app = registry.app(registry.team("later team"), name="Later")
    act(database, versions.submit, second_app.app.id, DEVELOPER)
    approve(database, first)
    assert [(line.name, line.approvals) for line in reviews.waiting()] == [("Dialler", 1), ("Later", 0)]
    approve(database, first)
    assert [line.name for line in reviews.waiting()] == ["Later"]


def test_testers_are_five_at_most_and_one_named_twice_is_one(database: ModuleType) -> None:
    made = registry.app(registry.team())
    accounts = [uuid4() for _ in range(6)]
    for account_id in [*accounts[:5], accounts[0]]:
        act(database, services.add_tester, made.app.id, account_id, DEVELOPER)
    with pytest.raises(InvalidApp, match="5 testers"):
        act(database, services.add_tester, made.app.id, accounts[5], DEVELOPER)
    act(database, services.remove_tester, made.app.id, accounts[0], DEVELOPER)
    act(database, services.add_tester, made.app.id, accounts[5], DEVELOPER)
    assert set(queries.app_page(made.app.id).testers) == set(accounts[1:])
