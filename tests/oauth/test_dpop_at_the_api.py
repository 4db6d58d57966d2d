"""DPoP at the API (RFC 9449 7, 9; checklist 55, 57, 59): what a bound token opens, and what it is refused for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from connect.core import database
from connect.core.groupcommit import GroupWriter
from connect.core.settings import Settings
from connect.grants import services as grants
from connect.ledger.models import LedgerEntry
from connect.oauth.models import SpentProof
from tests.oauth.flow import OFFLINE, Flow, slug
from tests.oauth.holder import Holder
from tests.oauth.look import count, grant_id
from tests.support.clock import Clock
from tests.support.databases import postgres_only, sqlite_only
from tests.support.processes import at_once
from tests.support.threads import Together

MANY = 16
PROCESS = """
import sys
from connect.app import create_app
from connect.core import settings
client = create_app().test_client()
base = settings.current().base_url
print("ready", flush=True)
token, *proofs = sys.stdin.readline().split()
sent = [{"Authorization": f"DPoP {token}", "DPoP": proof} for proof in proofs]
statuses = [client.get("/v1/calls", base_url=base, headers=headers).status_code for headers in sent]
assert set(statuses) <= {200, 401}, statuses
print(statuses.count(200))
"""


def refused(answer: TestResponse, error: str, kind: str = "invalid-proof", scheme: str = "DPoP") -> str:
    """The challenge of a 401."""
    assert (answer.status_code, slug(answer)) == (401, kind), answer.data
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith(f'{scheme} realm="VoiceTree Connect", error="{error}"'), challenge
    assert 'algs="ES256 PS256 EdDSA Ed25519"' in challenge
    assert "resource_metadata=" in challenge
    return challenge


def test_a_bound_token_with_its_proof_opens_what_a_bearer_token_does(flow: Flow) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    answer = holder.get(flow.app, token, "/v1/probe/calls")
    assert set(answer.json["scope"].split()) == OFFLINE


@pytest.mark.parametrize("scheme", ["dpop", "DPOP", "DPoP"])
def test_the_case_of_the_scheme_does_not_matter(flow: Flow, scheme: str) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    headers = holder.authorization(token) | {"Authorization": f"{scheme} {token}"}
    assert flow.app.test_client().get("/v1/probe", headers=headers).status_code == 200


def test_57_a_bound_token_as_bearer_is_401_with_or_without_its_proof(flow: Flow) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    for headers in ({}, holder.headers("/v1/probe", "GET", token=token)):
        answer = flow.app.test_client().get("/v1/probe", headers=headers | {"Authorization": f"Bearer {token}"})
        refused(answer, "invalid_token", "not-authenticated", "Bearer")


def test_57_a_bound_token_without_a_proof_is_401(flow: Flow) -> None:
    token = Holder().connect(flow)["access_token"]
    answer = flow.app.test_client().get("/v1/probe", headers={"Authorization": f"DPoP {token}"})
    refused(answer, "invalid_dpop_proof")


def test_57_a_bearer_token_as_dpop_is_401(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    refused(Holder().get(flow.app, token), "invalid_token", "not-authenticated")
    assert flow.works(token)


def test_57_a_proof_of_another_key_is_401(flow: Flow) -> None:
    token = Holder().connect(flow)["access_token"]
    refused(Holder().get(flow.app, token), "invalid_dpop_proof")
    assert count(SpentProof) == 1  # that of the token request


@pytest.mark.parametrize(
    "changes",
    [
        {"ath": None},
        {"ath": "x"},
        {"ath": "é"},
        {"ath": 7},
        {"htm": "POST"},
        {"htu": "https://connect.test/v1/probe/calls"},
        {"htu": "https://evil.example/v1/probe"},
        {"iat": 0},
        {"header": {"typ": "JWT"}},
        {"jti": None},
    ],
)
def test_55_a_wrong_claim_is_401(flow: Flow, changes: dict[str, Any]) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    refused(holder.get(flow.app, token, **changes), "invalid_dpop_proof")


def test_55_a_proof_for_another_token_is_401(flow: Flow) -> None:
    holder = Holder()
    first, second = (holder.connect(flow)["access_token"] for _ in range(2))
    headers = {"Authorization": f"DPoP {first}", "DPoP": holder.proof("/v1/probe", "GET", token=second)}
    refused(flow.app.test_client().get("/v1/probe", headers=headers), "invalid_dpop_proof")


def test_55_a_query_does_not_belong_to_htu(flow: Flow) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    answer = flow.app.test_client().get("/v1/calls?limit=1", headers=holder.authorization(token, "/v1/calls"))
    assert answer.status_code == 200


def test_59_without_a_token_both_schemes_are_offered(flow: Flow) -> None:
    challenge = flow.app.test_client().get("/v1/probe/calls").headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="VoiceTree Connect", scope="call_log:read"')
    assert challenge.endswith(', DPoP algs="ES256 PS256 EdDSA Ed25519"')
    assert "error" not in challenge


def test_59_an_expired_bound_token_is_told_so_in_its_own_scheme(flow: Flow, clock: Clock) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    clock.move(minutes=16)
    refused(holder.get(flow.app, token), "invalid_token", "token-expired")


def test_61_a_revocation_holds_on_the_next_call_of_a_bound_token(flow: Flow) -> None:
    holder = Holder()
    token = holder.connect(flow)["access_token"]
    assert holder.get(flow.app, token).status_code == 200
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    refused(holder.get(flow.app, token), "invalid_token", "grant-ended")


class TestReplay:
    """A proof makes one answer: of a disclosure, in the transaction of its entry; of anything else, before it leaves."""

    @pytest.fixture(params=["/v1/calls", "/v1/probe", "/v1/grant"])
    def path(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_55_the_second_use_is_401(self, flow: Flow, path: str) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        headers, client = holder.authorization(token, path), flow.app.test_client()
        assert client.get(path, headers=headers).status_code == 200
        refused(client.get(path, headers=headers), "invalid_dpop_proof")

    def test_55_of_many_uses_at_once_one_is_answered(self, flow: Flow, path: str, together: Together) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        headers = holder.authorization(token, path)
        answers = together(*[lambda: flow.app.test_client().get(path, headers=headers)] * MANY)
        assert sorted(answer.status_code for answer in answers) == [200] + [401] * (MANY - 1)

    def test_what_was_refused_is_in_no_ledger_entry(self, flow: Flow) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        headers, client = holder.authorization(token, "/v1/calls"), flow.app.test_client()
        before = count(LedgerEntry)
        for status in (200, 401, 401):
            assert client.get("/v1/calls", headers=headers).status_code == status
        assert count(LedgerEntry) == before + 1

    def test_a_disclosure_and_its_proof_are_one_transaction(self, flow: Flow, count_queries: Any) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        client = flow.app.test_client()
        for _ in range(2):  # the first time to compile, then to count
            with count_queries() as queries:
                headers = holder.authorization(token, "/v1/calls")
                assert client.get("/v1/calls", headers=headers).status_code == 200
        about_proofs = [query for query in queries if "spent_proof" in query]
        assert len(about_proofs) == 1
        if database.dialect() == "sqlite":
            assert len([query for query in queries if query.startswith("BEGIN")]) == 1

    def test_a_view_that_changes_something_runs_after_the_proof(self, flow: Flow) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        headers, client = holder.authorization(token, "/v1/probe/act", "POST"), flow.app.test_client()
        assert client.post("/v1/probe/act", headers=headers).json == {"proofs": 2}
        refused(client.post("/v1/probe/act", headers=headers), "invalid_dpop_proof")

    @postgres_only
    def test_55_of_many_processes_that_replay_proofs_one_answers_each(self, flow: Flow, settings: Settings) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        proofs = [holder.proof("/v1/calls", "GET", token) for _ in range(10)]
        answered = at_once(settings, PROCESS, 3, " ".join([token, *proofs]))
        assert sum(map(int, answered)) == len(proofs)


@sqlite_only
class TestGroupCommit:
    """Where a thread of its own writes for all, a replayed proof undoes its own request alone."""

    @pytest.fixture(autouse=True)
    def writer(self, flow: Flow) -> Iterator[None]:
        writer = GroupWriter(database.active())
        writer.start()
        yield
        writer.stop()

    def test_replays_beside_good_requests_in_the_same_commits(self, flow: Flow, together: Together) -> None:
        holder = Holder()
        token = holder.connect(flow)["access_token"]
        used = holder.authorization(token, "/v1/calls")
        assert flow.app.test_client().get("/v1/calls", headers=used).status_code == 200
        replays = [lambda: flow.app.test_client().get("/v1/calls", headers=used)] * 4
        answers = together(*replays, *[partial(holder.get, flow.app, token, "/v1/calls")] * 8)
        assert [answer.status_code for answer in answers] == [401] * 4 + [200] * 8
