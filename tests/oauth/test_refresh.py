"""Refresh by chains (checklist 40-46): one successor for all, the same answer while it may have been lost, theft seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.accounts import people
from connect.accounts.models import Account
from connect.core import actor, database, ids, mail
from connect.core import clock as core_clock
from connect.grants import services as grants
from connect.oauth import housekeeping, refresh_tokens
from connect.oauth.models import AccessToken, TokenChain
from connect.oauth.queries import reconnect_needed
from connect.scopes.terms import Terms
from tests.oauth.flow import OFFLINE, Flow, basic, query
from tests.oauth.look import count, entries, grant_id
from tests.support.clock import Clock
from tests.support.world import REQUIRED


def test_40_another_client_or_nobody_cannot_refresh(flow: Flow, other: Flow) -> None:
    token = flow.connect()["refresh_token"]
    assert other.refresh(token).json["error"] == "invalid_grant"
    assert flow.refresh(token, headers={}).json["error"] == "invalid_client"
    assert flow.refresh(token, headers={}, client_id=flow.world.client_id).json["error"] == "invalid_client"
    assert flow.refresh(token, headers=basic(flow.world.client_id, "wrong")).json["error"] == "invalid_client"
    assert flow.refresh(token).status_code == 200  # none of that spent it


def test_41_a_wider_scope_is_invalid_scope(flow: Flow) -> None:
    token = flow.connect(scope="call_log:read offline_access")["refresh_token"]
    assert flow.refresh(token, scope="call_log:read numbers:read").json["error"] == "invalid_scope"
    assert flow.refresh(token, scope="nothing:read").json["error"] == "invalid_scope"
    assert flow.refresh(token).status_code == 200


def test_41_what_the_customer_refused_is_passed_over_when_it_is_asked_for_again(flow: Flow) -> None:
    asked = "call_log:read contacts:read offline_access"
    token = flow.exchange(flow.code(scopes={"call_log:read", "offline_access"}, scope=asked)).json["refresh_token"]
    again = flow.refresh(token, scope=asked).json
    assert again["scope"] == "call_log:read offline_access"
    assert flow.refresh(again["refresh_token"], scope="contacts:read").json["error"] == "invalid_scope"
    assert flow.refresh(again["refresh_token"], scope=f"{asked} users:read").json["error"] == "invalid_scope"
    assert set(flow.refresh(again["refresh_token"]).json["scope"].split()) == {"call_log:read", "offline_access"}


def test_41_a_narrower_scope_narrows_the_access_token_alone(flow: Flow) -> None:
    first = flow.refresh(flow.connect()["refresh_token"], scope="numbers:read").json
    assert first["scope"] == "numbers:read"
    assert set(flow.refresh(first["refresh_token"]).json["scope"].split()) == OFFLINE


def test_42_a_public_client_rotates_and_its_old_token_ends_the_chain(public: Flow, clock: Clock) -> None:
    first = public.connect()
    second = public.refresh(first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    clock.move(seconds=11)
    assert public.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert public.refresh(second["refresh_token"]).json["error"] == "invalid_grant"
    assert not public.works(second["access_token"])


def test_43_a_chain_is_one_row_however_often_it_is_refreshed(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    for _ in range(5):
        token = flow.refresh(token).json["refresh_token"]
    assert count(TokenChain) == 1


def test_44_a_lost_answer_can_be_asked_again_byte_for_byte(flow: Flow, clock: Clock) -> None:
    """Trap T4: with Authlib each of the two would be a success of its own, or the first would be lost."""
    token = flow.connect()["refresh_token"]
    lost = flow.refresh(token)
    tokens = count(AccessToken)
    for _ in range(3):
        clock.move(seconds=2)
        assert flow.refresh(token).data == lost.data
    assert count(AccessToken) == tokens
    assert flow.refresh(lost.json["refresh_token"]).status_code == 200


def test_44_the_same_client_alone_may_ask_again(flow: Flow, other: Flow) -> None:
    token = flow.connect()["refresh_token"]
    flow.refresh(token)
    assert other.refresh(token).json["error"] == "invalid_grant"
    assert flow.refresh(token, headers={}, client_id=flow.world.client_id).json["error"] == "invalid_client"


def test_44_an_answer_that_was_asked_again_is_one_entry_when_it_can_be_no_more(flow: Flow, clock: Clock) -> None:
    token = flow.connect()["refresh_token"]
    for _ in range(4):
        flow.refresh(token)
    assert not entries("replayed")
    clock.move(seconds=11)
    with database.unit_of_work() as session:
        assert housekeeping.purge(session, 100) == 1
        assert housekeeping.purge(session, 100) == 0
    [entry] = entries("replayed")
    assert entry["reason"] == "asked again 3 times"
    assert entry["chain"].startswith("chain_")


def test_44_the_next_refresh_closes_the_window_too(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    successor = flow.refresh(token).json["refresh_token"]
    flow.refresh(token)
    flow.refresh(successor)
    assert [entry["reason"] for entry in entries("replayed")] == ["asked again 1 times"]


def test_44_the_database_alone_cannot_open_a_kept_answer(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    answer = flow.refresh(token).json
    with database.read() as connection:
        box, current = connection.execute(select(TokenChain.replay_box, TokenChain.current)).one()
    assert answer["refresh_token"].encode() not in box
    assert current == ids.digest(answer["refresh_token"])


def test_45_a_token_from_two_generations_back_ends_the_chain(flow: Flow) -> None:
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    third = flow.refresh(second["refresh_token"]).json
    answer = flow.refresh(first["refresh_token"])  # within the ten seconds of another generation
    assert answer.json["error"] == "invalid_grant"
    for token in (first, second, third):
        assert not flow.works(token["access_token"])
    assert flow.refresh(third["refresh_token"]).json["error"] == "invalid_grant"


@pytest.mark.parametrize("seconds", [0, 11, 3600])
def test_45_it_ends_the_chain_early_and_late(flow: Flow, clock: Clock, seconds: int) -> None:
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    third = flow.refresh(second["refresh_token"]).json
    clock.move(seconds=seconds)
    assert flow.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert flow.refresh(third["refresh_token"]).json["error"] == "invalid_grant"
    assert [entry["reason"] for entry in entries("ended")] == ["refresh token reused"]


def test_a_reuse_is_in_the_ledger_once_told_by_mail_and_leaves_the_grant(flow: Flow, clock: Clock) -> None:
    first, beside = flow.connect(), flow.connect()
    flow.refresh(first["refresh_token"])
    clock.move(seconds=11)
    for _ in range(3):
        assert flow.refresh(first["refresh_token"]).status_code == 400
    [entry] = entries("ended")
    assert entry["reason"] == "refresh token reused"
    assert [letter.recipient for letter in mail.newest() if letter.kind == "token theft"] == [flow.world.email]
    assert flow.works(beside["access_token"])
    assert flow.refresh(beside["refresh_token"]).status_code == 200


def test_after_a_reuse_the_app_has_to_be_connected_again(flow: Flow, clock: Clock) -> None:
    token = flow.connect()["refresh_token"]
    flow.refresh(token)
    clock.move(seconds=11)
    flow.refresh(token)
    assert reconnect_needed(flow.world.account_id) == {grant_id(flow)}
    flow.connect()
    assert not reconnect_needed(flow.world.account_id)


def test_a_forged_token_ends_nothing(flow: Flow) -> None:
    said = flow.connect()
    real = refresh_tokens.parse(said["refresh_token"])
    assert real is not None
    body = said["refresh_token"][len("vtr_") : -6]
    forged = [
        ids.checked("vtr_" + "A" * len(body)),
        ids.checked("vtr_" + body[:-4] + "AAAA"),  # another tag
        ids.checked("vtr_" + body[:23] + "B" + body[24:]),  # another generation under the same tag
        ids.checked("vtr_" + body + "AAAA"),
        ids.checked("vtr_"),
        said["refresh_token"][:-1],
        said["access_token"],
        "vtr_é",
    ]
    for token in forged:
        assert refresh_tokens.parse(token) is None
        assert flow.refresh(token).json["error"] == "invalid_grant"
    assert flow.works(said["access_token"])
    assert flow.refresh(said["refresh_token"]).status_code == 200


def test_a_token_of_a_chain_that_is_gone_is_invalid_grant(flow: Flow) -> None:
    assert flow.refresh(refresh_tokens.make(ids.new(), 3).text).json["error"] == "invalid_grant"


def test_a_token_from_the_future_of_a_restored_database_ends_nothing(flow: Flow) -> None:
    said = flow.connect()
    known = refresh_tokens.parse(said["refresh_token"])
    assert known is not None
    assert flow.refresh(refresh_tokens.make(known.chain_id, 7).text).json["error"] == "invalid_grant"
    assert flow.refresh(said["refresh_token"]).status_code == 200


def revoke(flow: Flow, _clock: Clock) -> None:
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)


def suspend(flow: Flow, _clock: Clock) -> None:
    with database.unit_of_work() as session:
        steps.suspend(session, flow.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)


def expire(_flow: Flow, clock: Clock) -> None:
    for _ in range(4):  # used now and then, so that it does not idle
        clock.move(days=23)


def idle(_flow: Flow, clock: Clock) -> None:
    clock.move(days=31)


def close_the_account(flow: Flow, _clock: Clock) -> None:
    with database.unit_of_work() as session:
        session.execute(update(Account).where(Account.id == flow.world.account_id).values(state="closed"))


def retire(flow: Flow, _clock: Clock) -> None:
    with database.unit_of_work() as session:
        steps.retire(session, flow.world.app_id, "", actor.SYSTEM, Party.TEAM)


@pytest.mark.parametrize("fall", [revoke, suspend, retire, close_the_account, expire, idle])
def test_46_refresh_dies_with_what_it_stands_on(flow: Flow, clock: Clock, fall: Callable[[Flow, Clock], None]) -> None:
    token = flow.connect()["refresh_token"]
    fall(flow, clock)
    answer = flow.refresh(token)
    assert answer.status_code == 400
    assert answer.json["error"] == ("unauthorized_client" if fall in {suspend, retire} else "invalid_grant")


def test_46_the_end_is_named(flow: Flow, clock: Clock) -> None:
    token = flow.connect()["refresh_token"]
    revoke(flow, clock)
    assert "revoked" in flow.refresh(token).json["error_description"]


def test_46_a_chain_ends_after_its_longest_life_however_much_it_is_used(flow: Flow, clock: Clock) -> None:
    back = flow.allow(flow.request_id(), OFFLINE, expires_at=core_clock.now() + timedelta(days=720))
    token = flow.exchange(query(back)["code"]).json["refresh_token"]
    for _ in range(18):
        clock.move(days=20)
        token = flow.refresh(token).json["refresh_token"]
    clock.move(days=6)  # 366 days
    assert flow.refresh(token).json["error"] == "invalid_grant"


def test_46_the_person_who_gave_the_grant_may_leave(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    with database.unit_of_work() as session:
        people.close(session, flow.world.person_id, actor.SYSTEM)
    assert flow.refresh(token).status_code == 200


def test_a_paused_grant_refreshes(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    with database.unit_of_work() as session:
        grants.pause(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    assert flow.refresh(token).status_code == 200


def test_what_the_customer_took_away_is_not_in_the_next_token(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    left = REQUIRED - {"numbers:read"} | {"offline_access"}
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
        assert grant is not None
        grants.narrow(session, flow.world.account_id, grant.id, flow.world.actor, left, Terms.from_json(grant.terms))
    answer = flow.refresh(token)
    assert set(answer.json["scope"].split()) == left
    assert flow.refresh(answer.json["refresh_token"], scope="numbers:read").json["error"] == "invalid_grant"


def test_each_refresh_is_an_entry_with_its_generation(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    for _ in range(2):
        token = flow.refresh(token).json["refresh_token"]
    assert [entry["generation"] for entry in entries("issued") + entries("refreshed")] == [0, 1, 2]
    assert len({entry["chain"] for entry in entries("refreshed")}) == 1
