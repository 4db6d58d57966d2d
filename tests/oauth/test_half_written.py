"""An OAuth error in the middle leaves nothing half-written, and what must stay of it does stay (R6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connect.core import database, ids
from connect.ledger.models import LedgerEntry
from connect.oauth import refresh_tokens
from connect.oauth.models import AccessToken, TokenChain
from tests.oauth.flow import Flow, basic
from tests.oauth.holder import Holder
from tests.oauth.look import count, entries, everything
from tests.support.clock import Clock

ELSEWHERE = "https://other.example"
Send = Callable[[Flow, Flow], Any]

# Each is refused after something was read, most of them inside the transaction.
EXCHANGES: dict[str, Callable[[Flow, Flow, str], Any]] = {
    "another client": lambda _flow, other, code: other.exchange(code),
    "a wrong secret": lambda flow, _, code: flow.exchange(code, headers=basic(flow.world.client_id, "wrong")),
    "a wrong verifier": lambda flow, _, code: flow.exchange(code, code_verifier="x" * 43),
    "no verifier": lambda flow, _, code: flow.exchange(code, code_verifier=None),
    "another redirect URI": lambda flow, _, code: flow.exchange(code, redirect_uri=f"{ELSEWHERE}/cb"),
    "another resource": lambda flow, _, code: flow.exchange(code, resource=ELSEWHERE),
    "a broken proof": lambda flow, _, code: flow.exchange(code, headers={**flow.client_auth, "DPoP": "x.y.z"}),
    "two secrets": lambda flow, _, code: flow.exchange(code, client_secret="vts_x"),
    "an unknown code": lambda flow, _, _code: flow.exchange(ids.token("vtc")),
}
REFRESHES: dict[str, Callable[[Flow, Flow, str], Any]] = {
    "another client": lambda _flow, other, token: other.refresh(token),
    "a wrong secret": lambda flow, _, token: flow.refresh(token, headers=basic(flow.world.client_id, "wrong")),
    "a wider scope": lambda flow, _, token: flow.refresh(token, scope="call_log:read users:read"),
    "another resource": lambda flow, _, token: flow.refresh(token, resource=ELSEWHERE),
    "a forged token": lambda flow, _, token: flow.refresh(ids.checked(token[:-10] + "AAAA")),
    "a token from the future": lambda flow, _, token: flow.refresh(_of_generation(token, 7)),
}
ALONE: dict[str, Callable[[Flow], Any]] = {
    "a customer's scope": lambda flow: flow.alone(scope="call_log:read"),
    "an unknown scope": lambda flow: flow.alone(scope="nothing:read"),
    "another resource": lambda flow: flow.alone(resource=ELSEWHERE),
    "an unknown grant type": lambda flow: flow.alone(grant_type="password"),
}


def _of_generation(token: str, generation: int) -> str:
    parsed = refresh_tokens.parse(token)
    assert parsed is not None
    return refresh_tokens.make(parsed.chain_id, generation).text


@pytest.mark.parametrize("what", EXCHANGES)
def test_an_exchange_that_is_refused_changes_no_row(flow: Flow, other: Flow, what: str) -> None:
    code = flow.code()
    before = everything()
    assert EXCHANGES[what](flow, other, code).status_code in {400, 401}
    assert everything() == before
    assert flow.exchange(code).status_code == 200


@pytest.mark.parametrize("what", REFRESHES)
def test_a_refresh_that_is_refused_changes_no_row(flow: Flow, other: Flow, what: str) -> None:
    token = flow.connect()["refresh_token"]
    before = everything()
    assert REFRESHES[what](flow, other, token).status_code in {400, 401}
    assert everything() == before
    assert flow.refresh(token).status_code == 200


@pytest.mark.parametrize("what", ALONE)
def test_a_request_for_the_app_alone_that_is_refused_changes_no_row(flow: Flow, what: str) -> None:
    before = everything()
    assert ALONE[what](flow).status_code == 400
    assert everything() == before


def test_of_a_refused_exchange_its_proof_alone_stays(flow: Flow) -> None:
    """It was shown and checked, so nobody may show it again."""
    holder, code = Holder(), flow.code()
    before = everything(but=("rate_limit", "spent_proof"))
    refused = holder.exchange(flow, code, code_verifier="x" * 43)
    assert refused.json["error"] == "invalid_grant"
    assert everything(but=("rate_limit", "spent_proof")) == before
    assert len(everything()["spent_proof"]) == 1
    assert holder.exchange(flow, code).status_code == 200


@contextmanager
def without(table: str) -> Iterator[None]:
    """The storage breaks at `table`: whoever gets there has done the first half."""
    with database.unit_of_work() as session:
        session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO away")
    try:
        yield
    finally:
        with database.unit_of_work() as session:
            session.connection().exec_driver_sql(f"ALTER TABLE away RENAME TO {table}")


@pytest.mark.parametrize("table", ["token_chain", "access_token", "ledger_entry", "ledger_pending"])
def test_an_exchange_that_breaks_off_in_the_middle_spends_nothing(flow: Flow, table: str) -> None:
    """The code is spent first, then chain, token and entry are written."""
    code = flow.code()
    before = everything()
    with without(table):
        broken = flow.exchange(code)
    assert broken.status_code >= 500 and "access_token" not in broken.text
    assert everything() == before
    assert flow.exchange(code).status_code == 200


@pytest.mark.parametrize("table", ["access_token", "ledger_entry", "ledger_pending"])
def test_a_refresh_that_breaks_off_in_the_middle_can_be_made_again(flow: Flow, table: str) -> None:
    """The chain is rotated first; had that stayed, the app would have lost its only token."""
    token = flow.connect()["refresh_token"]
    before = everything()
    with without(table):
        assert flow.refresh(token).status_code >= 500
    assert everything() == before
    assert flow.refresh(token).status_code == 200


def reuse_of_a_code(flow: Flow, clock: Clock) -> tuple[Callable[[], Any], str]:
    code = flow.code()
    access_token = flow.exchange(code).json["access_token"]
    clock.move(seconds=5)
    return lambda: flow.exchange(code), access_token


def reuse_of_a_refresh_token(flow: Flow, clock: Clock) -> tuple[Callable[[], Any], str]:
    token = flow.connect()["refresh_token"]
    access_token = flow.refresh(token).json["access_token"]
    clock.move(seconds=11)
    return lambda: flow.refresh(token), access_token


THEFTS = [reuse_of_a_code, reuse_of_a_refresh_token]


@pytest.mark.parametrize("theft", THEFTS)
def test_what_a_reuse_ends_stays_ended_though_the_answer_is_an_error(flow: Flow, clock: Clock, theft: Any) -> None:
    again, access_token = theft(flow, clock)
    rows = {model: count(model) for model in (AccessToken, TokenChain, LedgerEntry)}
    assert again().json["error"] == "invalid_grant"
    assert not flow.works(access_token)
    assert [entry["event"] for entry in entries("ended")] == ["ended"]
    assert len(everything()["mail"]) == 1
    assert {model: count(model) for model in rows} == rows | {LedgerEntry: rows[LedgerEntry] + 1}


@pytest.mark.parametrize("theft", THEFTS)
@pytest.mark.parametrize("table", ["access_token", "ledger_entry", "mail"])
def test_a_reuse_that_cannot_be_written_down_whole_is_not_written_at_all(
    flow: Flow, clock: Clock, theft: Any, table: str
) -> None:
    again, access_token = theft(flow, clock)
    before = everything()
    with without(table):
        assert again().status_code >= 500
    assert everything() == before
    assert flow.works(access_token)
    again()
    assert not flow.works(access_token)
