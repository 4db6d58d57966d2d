"""What ends with a grant, and what is cleared away by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from connect.cli.housekeeping import housekeeping as housekeeping_command
from connect.core import database
from connect.grants import services as grants
from connect.oauth import housekeeping
from connect.oauth.models import AccessToken, AuthorizationCode, AuthRequest, SpentProof, TokenChain
from tests.oauth.flow import Flow, slug
from tests.oauth.holder import Holder
from tests.oauth.look import count, entries, grant_id
from tests.support.blocked import Running
from tests.support.clock import Clock
from tests.support.databases import postgres_only


def revoke(flow: Flow, _clock: Clock) -> str:
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    return "grant revoked"


def expire(_flow: Flow, clock: Clock) -> str:
    clock.move(days=91)
    with database.unit_of_work() as session:
        assert grants.expire_due(session) == 1
    return "grant expired"


@pytest.mark.parametrize("end", [revoke, expire])
def test_the_end_of_a_grant_ends_its_chains_and_tokens_in_the_same_transaction(
    flow: Flow, other: Flow, clock: Clock, end: Callable[[Flow, Clock], str]
) -> None:
    flow.connect(), flow.connect()
    beside = other.connect() if end is revoke else None
    reason = end(flow, clock)
    ended = entries("ended")
    assert [entry["reason"] for entry in ended] == [reason, reason]
    if beside:
        assert other.works(beside["access_token"])


def test_a_new_grant_after_a_revocation_does_not_wake_old_tokens(flow: Flow, clock: Clock) -> None:
    old = flow.connect()
    revoke(flow, clock)
    new = flow.connect()
    assert flow.works(new["access_token"])
    assert not flow.works(old["access_token"])
    assert flow.refresh(old["refresh_token"]).json["error"] == "invalid_grant"


def test_an_ended_token_is_told_apart_from_an_unknown_one_for_a_week(flow: Flow, clock: Clock) -> None:
    token = flow.connect()["access_token"]
    for days, kind in ((6, "token-expired"), (2, "not-authenticated")):
        clock.move(days=days)
        _purge()
        assert slug(flow.get("/v1/probe", token)) == kind


def test_used_codes_are_kept_a_day(flow: Flow, clock: Clock) -> None:
    flow.connect()
    clock.move(hours=23)
    _purge()
    assert count(AuthorizationCode) == 1
    clock.move(hours=2)
    _purge()
    assert count(AuthorizationCode) == 0


def test_chains_go_when_nothing_can_come_back_to_them(flow: Flow, clock: Clock) -> None:
    _kept, ended = flow.connect(), flow.connect()
    flow.revoke(ended["refresh_token"])
    clock.move(days=8)
    _purge()
    assert count(TokenChain) == 1
    clock.move(days=365)
    _purge()
    assert count(TokenChain) == 0


def test_a_purge_does_as_much_as_it_may_and_says_how_much(flow: Flow, clock: Clock) -> None:
    for _ in range(3):
        flow.alone()
    clock.move(days=8)
    with database.unit_of_work() as session:
        assert housekeeping.purge(session, 2) == 2
        assert housekeeping.purge(session, 2) == 1
        assert housekeeping.purge(session, 2) == 0
    assert count(AccessToken) == 0


def _purge() -> None:
    with database.unit_of_work() as session:
        housekeeping.purge(session, 1000)


def test_each_kind_is_counted_apart_by_the_command(flow: Flow, clock: Clock) -> None:
    """The counts of `connect housekeeping`: what of it was gone, by kind."""
    lost = flow.connect()["refresh_token"]
    flow.refresh(lost), flow.refresh(lost), flow.refuse(flow.request_id())
    flow.alone(), flow.alone(headers=flow.client_auth | Holder().headers())
    clock.move(days=400)
    done = CliRunner().invoke(housekeeping_command, ["--once", "--json"])
    counts = {job["name"]: job["did"] for job in orjson.loads(done.output)["jobs"] if job["name"] in housekeeping.STEPS}
    assert counts == {
        "close replay windows": 1,
        "purge used proofs": 1,
        "purge authorization requests": 2,
        "purge authorization codes": 1,
        "purge access tokens": 4,
        "purge token chains": 1,
        "end grants of deleted apps": 0,
        "remove unused apps": 0,
    }
    assert [count(model) for model in (AuthRequest, AuthorizationCode, AccessToken, TokenChain, SpentProof)] == [0] * 5


@postgres_only
@pytest.mark.parametrize("model", [SpentProof, AuthRequest, AuthorizationCode, AccessToken, TokenChain])
def test_a_purge_waits_for_no_row_and_makes_none_wait(flow: Flow, clock: Clock, model: Any) -> None:
    """What somebody holds is passed over, and what it deletes is all that it locks."""
    flow.revoke(flow.connect()["refresh_token"]), flow.alone(headers=flow.client_auth | Holder().headers())
    clock.move(days=9)
    with database.unit_of_work() as session:
        session.execute(select(model).limit(1).with_for_update()).all()
        Running(_purge).result()
        assert count(model) == 1
    _purge()
    assert count(model) == 0
    flow.revoke(flow.connect()["refresh_token"]), flow.alone(headers=flow.client_auth | Holder().headers())
    clock.move(days=9)
    with database.unit_of_work() as session:
        housekeeping.purge(session, 1_000)
        assert Running(flow.connect).result()["access_token"]
