"""Device authorization (RFC 8628): the endpoint at which a device asks, and the grant type with which it polls."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.core import actor, database, ids, settings
from connect.grants import services as grants
from connect.ledger.models import LedgerEntry
from connect.oauth import device_codes, housekeeping, requests, user_codes
from connect.oauth import queries as tokens
from connect.oauth.models import AccessToken, AuthorizationCode, AuthRequest, TokenChain
from tests.oauth.device import AUTHORIZE, Device, error
from tests.oauth.flow import FORM, OFFLINE, Flow, basic
from tests.oauth.holder import Holder
from tests.oauth.look import count, entries, grant_id
from tests.support import world
from tests.support.clock import Clock
from tests.support.world import REQUIRED


def row(told: dict[str, Any]) -> Any:
    """What is kept of a device's request."""
    with database.read() as connection:
        wanted = AuthRequest.device_digest == ids.digest(told["device_code"])
        return connection.execute(select(AuthRequest.__table__).where(wanted)).one()


class TestAsking:
    def test_a_device_is_told_a_code_and_where_to_type_it(self, device: Device) -> None:
        answer = device.ask()
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        told, page = answer.json, f"{settings.current().base_url}/device"
        assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", told["user_code"])
        assert told == {
            "device_code": told["device_code"],
            "user_code": told["user_code"],
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={told['user_code']}",
            "expires_in": 600,
            "interval": 5,
        }

    @pytest.mark.parametrize("overrides", [{"device_code_ttl": settings.seconds(60), "token_rate": ""}])
    def test_how_long_a_code_lives_is_a_setting(self, device: Device, clock: Clock) -> None:
        told = device.start()
        assert told["expires_in"] == 60
        clock.move(seconds=61)
        assert error(device.poll(told)) == "expired_token"

    def test_49_the_device_code_rests_as_its_hash(self, device: Device) -> None:
        told = device.start()
        assert ids.is_token(device_codes.PREFIX, told["device_code"])
        assert told["device_code"] not in repr(row(told))

    def test_of_two_devices_no_two_show_the_same_code(self, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
        made = iter(["BBBBBBBB", "BBBBBBBB", "CCCCCCCC"])
        monkeypatch.setattr(user_codes, "make", lambda: next(made))
        assert [device.start()["user_code"] for _ in range(2)] == ["BBBB-BBBB", "CCCC-CCCC"]

    @pytest.mark.parametrize("typed", ["wdjb-mjht", " WDJB MJHT ", "wdjbmjht", "W.D.J.B-M_J-H-T", "ＷWDJBMJHT\u200b"])
    def test_a_code_is_read_without_case_dashes_and_spaces(self, typed: str) -> None:
        assert user_codes.read(typed) == "WDJBMJHT"

    def test_nothing_of_a_browser_is_kept(self, device: Device) -> None:
        kept = row(device.start(redirect_uri="https://evil.example/", state="x", response_mode="form_post", more="y"))
        assert (kept.redirect_uri, kept.state) == ("", None)
        assert set(kept.payload) == {"client_id", "scope"}

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"scope": None}, "invalid_scope"),
            ({"scope": "everything"}, "invalid_scope"),
            ({"scope": "recordings:read"}, "invalid_scope"),
            ({"scope": "é"}, "invalid_scope"),
            ({"scope": "offline_access"}, "invalid_scope"),
            ({"resource": "https://other.example"}, "invalid_target"),
            ({"dpop_jkt": "short"}, "invalid_request"),
            ({"prompt": "none"}, "invalid_request"),
            ({"prompt": "sometimes"}, "invalid_request"),
            ({"max_age": "x"}, "invalid_request"),
            ({"login_hint": "x" * 300}, "invalid_request"),
            ({"request": "x"}, "request_not_supported"),
            ({"client_id": "app_unknown"}, "invalid_client"),
            ({"client_id": ""}, "invalid_client"),
        ],
    )
    def test_what_is_wrong_is_told_and_nothing_is_kept(
        self, device: Device, changes: dict[str, str | None], told: str
    ) -> None:
        assert error(device.ask(**changes)) == told
        assert count(AuthRequest) == 0

    def test_only_an_app_of_the_kind_device_may_ask(self, flow: Flow, public: Flow) -> None:
        for other in (flow, public):
            assert error(Device(other).ask()) == "unauthorized_client"
            assert error(Device(other).poll({"device_code": "x"})) == "unauthorized_client"

    def test_a_device_has_no_part_in_the_code_flow(self, device: Device) -> None:
        assert error(device.flow.exchange("vtc_x")) == "unauthorized_client"
        assert device.flow.ask().status_code == 400

    def test_a_secret_that_was_never_given_is_refused(self, device: Device) -> None:
        answer = device.ask(headers=basic(device.flow.world.client_id, "guess"))
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")

    def test_a_suspended_app_is_told_so(self, device: Device) -> None:
        with database.unit_of_work() as session:
            steps.suspend(session, device.flow.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)
        assert error(device.ask()) == "unauthorized_client"

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_only_post_is_taken(self, device: Device, method: str) -> None:
        assert device.flow.app.test_client().open(AUTHORIZE, method=method).status_code == 405

    def test_a_parameter_comes_once_and_the_body_is_a_small_form(self, device: Device) -> None:
        client, own = device.flow.app.test_client(), f"client_id={device.flow.world.client_id}&scope=numbers%3Aread"
        assert error(client.post(AUTHORIZE, data=f"{own}&scope=x", content_type=FORM)) == "invalid_request"
        assert client.post(AUTHORIZE, json={"scope": "numbers:read"}).status_code == 415
        assert client.post(AUTHORIZE, data=f"{own}&x={'x' * 70_000}", content_type=FORM).status_code == 413


class TestPolling:
    def test_the_whole_flow_ends_in_the_same_tokens_grant_and_entries_as_a_code(self, device: Device) -> None:
        told = device.start()
        assert error(device.poll(told)) == "authorization_pending"
        device.allow(told)
        answer = device.poll(told)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        said, flow = answer.json, device.flow
        assert set(said["scope"].split()) == OFFLINE
        assert said["grant_id"] == ids.encode("grant", grant_id(flow))
        assert flow.works(said["access_token"])
        assert flow.works(flow.refresh(said["refresh_token"]).json["access_token"])
        [issued] = entries("issued")
        assert (issued["grant"], issued["client_auth"]) == (said["grant_id"], "none")
        with database.read() as connection:
            types = set(connection.scalars(select(LedgerEntry.type)))
        assert {"grant", "token"} <= types

    def test_a_no_is_access_denied(self, device: Device, clock: Clock) -> None:
        told = device.start()
        device.refuse(told)
        assert error(device.poll(told)) == "access_denied"
        clock.move(seconds=700)
        assert error(device.poll(told)) == "access_denied"
        assert count(AuthorizationCode) == 0

    def test_what_the_customer_left_out_is_in_no_token(self, device: Device) -> None:
        said = device.connect(REQUIRED)
        assert set(said["scope"].split()) == REQUIRED
        assert "refresh_token" not in said

    def test_an_expired_code_is_expired_token_whether_or_not_it_was_allowed(self, device: Device, clock: Clock) -> None:
        waiting, allowed = device.start(), device.start()
        device.allow(allowed)
        clock.move(seconds=601)
        assert error(device.poll(waiting)) == "expired_token"
        assert error(device.poll(allowed)) == "expired_token"
        assert count(TokenChain) == 0

    def test_an_answer_in_the_last_second_leaves_the_device_a_minute_to_hear_of_it(
        self, device: Device, clock: Clock
    ) -> None:
        heard, missed = device.start(), device.start()
        clock.move(seconds=595)
        device.allow(heard), device.allow(missed)
        clock.move(seconds=55)
        assert device.poll(heard).status_code == 200
        clock.move(seconds=10)
        assert error(device.poll(missed)) == "expired_token"

    def test_an_expired_request_cannot_be_answered(self, device: Device, clock: Clock) -> None:
        told = device.start()
        clock.move(seconds=601)
        with pytest.raises(Exception, match="has expired"):
            device.allow(told)

    @pytest.mark.parametrize(
        "code", ["x", "vtd_", "vtd_" + "A" * 49, "é" * 40, "\U0001f4a3", "x" * 60_000, "vtd_\r\n", "0"]
    )
    def test_a_code_that_was_never_given_is_invalid_grant(self, device: Device, code: str) -> None:
        assert error(device.poll({"device_code": code})) == "invalid_grant"

    def test_a_poll_without_a_code_says_what_is_missing(self, device: Device) -> None:
        answer = device.poll({"device_code": None})
        assert (error(answer), "device_code" in answer.json["error_description"]) == ("invalid_request", True)

    def test_codes_of_other_kinds_are_not_device_codes(self, device: Device, flow: Flow) -> None:
        told = device.start()
        device.allow(told)
        assert error(device.poll({"device_code": told["user_code"]})) == "invalid_grant"
        assert error(device.poll({"device_code": flow.code()})) == "invalid_grant"
        assert error(flow.exchange(told["device_code"])) == "invalid_grant"
        assert device.poll(told).status_code == 200

    def test_35_another_apps_device_code_is_invalid_grant_and_stays_good(self, device: Device) -> None:
        other = Device(Flow(device.flow.app, world.make(kind="device", name="Others")))
        told = device.start()
        device.allow(told)
        assert error(other.poll(told)) == "invalid_grant"
        assert device.poll(told).status_code == 200

    @pytest.mark.parametrize("overrides", [{"token_failure_rate": "3/minute"}])
    def test_50_guessing_device_codes_is_throttled(self, device: Device) -> None:
        for _ in range(3):
            assert error(device.poll({"device_code": "vtd_x"})) == "invalid_grant"
        answer = device.poll({"device_code": "vtd_x"})
        assert (answer.status_code, answer.json["error"]) == (429, "temporarily_unavailable")
        assert int(answer.headers["Retry-After"]) > 0

    def test_37_a_second_use_is_invalid_grant_and_ends_what_the_first_began(self, device: Device, clock: Clock) -> None:
        told = device.start()
        device.allow(told)
        said = device.poll(told).json
        clock.move(seconds=3)
        assert error(device.poll(told)) == "invalid_grant"
        assert not device.flow.works(said["access_token"])
        assert [entry["reason"] for entry in entries("ended")] == ["device code used twice"]
        assert tokens.reconnect_needed(device.flow.world.account_id) == {grant_id(device.flow)}

    def test_a_second_use_after_the_code_expired_is_seen_as_well(self, device: Device, clock: Clock) -> None:
        told = device.start()
        device.allow(told)
        said = device.poll(told).json
        clock.move(seconds=601)
        assert error(device.poll(told)) == "invalid_grant"
        assert not device.flow.works(said["access_token"])

    def test_a_grant_that_was_revoked_before_the_poll_gives_nothing(self, device: Device) -> None:
        told, flow = device.start(), device.flow
        device.allow(told)
        with database.unit_of_work() as session:
            grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
        answer = device.poll(told)
        assert (error(answer), "revoked" in answer.json["error_description"]) == ("invalid_grant", True)

    def test_61_a_revocation_right_after_the_poll_holds_on_the_next_call(self, device: Device) -> None:
        said, flow = device.connect(), device.flow
        with database.unit_of_work() as session:
            grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
        assert not flow.works(said["access_token"])
        assert error(flow.refresh(said["refresh_token"])) == "invalid_grant"

    def test_two_answers_to_one_request_are_one(self, device: Device) -> None:
        told = device.start()
        assert device.allow(told) == f"/device/{requests.text_id(device.request_id(told))}"
        with pytest.raises(requests.AlreadyDecided):
            device.refuse(told)
        assert device.poll(told).status_code == 200


class TestInterval:
    def test_polls_in_time_are_pending_and_each_one_too_early_lengthens_the_interval(
        self, device: Device, clock: Clock
    ) -> None:
        told = device.start()
        told_each = []
        for wait in (0, 5, 1, 9, 5, 15):
            clock.move(seconds=wait)
            told_each.append(error(device.poll(told)))
        pending, slow = "authorization_pending", "slow_down"
        assert told_each == [pending, pending, slow, pending, slow, pending]
        assert row(told).poll_interval == 15

    def test_a_network_that_delivers_the_second_poll_faster_is_forgiven(self, device: Device, clock: Clock) -> None:
        told = device.start()
        device.poll(told)
        clock.move(seconds=4.2)
        assert error(device.poll(told)) == "authorization_pending"

    def test_an_answer_is_given_however_early_the_poll(self, device: Device) -> None:
        told = device.start()
        for _ in range(3):
            device.poll(told)
        device.allow(told)
        assert device.poll(told).status_code == 200

    def test_a_poll_that_changes_nothing_writes_nothing(self, device: Device, clock: Clock, count_queries: Any) -> None:
        """Denied, expired, unknown; and too early where the interval is longer than the code lives."""
        denied, expired, impatient = device.start(), device.start(), device.start()
        device.refuse(denied)
        clock.move(seconds=590)
        device.poll(impatient)
        device.poll(impatient)
        before = row(impatient)
        with count_queries() as queries:
            device.poll(denied)
            device.poll({"device_code": "vtd_x"})
            assert error(device.poll(impatient)) == "slow_down"
            clock.move(seconds=20)
            device.poll(expired)
        assert not [query for query in queries if query.startswith(("UPDATE", "INSERT", "DELETE"))]
        assert row(impatient) == before

    def test_a_poll_in_time_writes_one_statement(self, device: Device, count_queries: Any) -> None:
        told = device.start()
        with count_queries() as queries:
            device.poll(told)
        assert [query.split()[0] for query in queries if query.startswith(("UPDATE", "INSERT"))] == ["UPDATE"]


class TestKeys:
    def test_56_a_proof_with_the_request_binds_the_device_code(self, device: Device) -> None:
        holder, thief = Holder(), Holder()
        told = device.start(holder.headers(AUTHORIZE))
        assert error(device.poll(told)) == "invalid_dpop_proof"
        assert error(device.poll(told, thief.headers("/oauth/token"))) == "invalid_grant"
        assert row(told).polled_at is None
        device.allow(told)
        assert error(device.poll(told, thief.headers("/oauth/token"))) == "invalid_grant"
        said = device.poll(told, holder.headers("/oauth/token")).json
        assert said["token_type"] == "DPoP"
        assert error(device.flow.refresh(said["refresh_token"])) == "invalid_dpop_proof"

    def test_56_dpop_jkt_binds_it_as_well_and_must_be_the_key_of_the_proof(self, device: Device) -> None:
        holder = Holder()
        assert error(device.ask(holder.headers(AUTHORIZE), dpop_jkt=Holder().jkt)) == "invalid_request"
        told = device.start(dpop_jkt=holder.jkt)
        device.allow(told)
        assert error(device.poll(told, Holder().headers("/oauth/token"))) == "invalid_grant"
        assert device.poll(told, holder.headers("/oauth/token")).json["token_type"] == "DPoP"

    def test_a_proof_at_the_poll_alone_binds_the_tokens(self, device: Device) -> None:
        told = device.start()
        device.allow(told)
        assert device.poll(told, Holder().headers("/oauth/token")).json["token_type"] == "DPoP"

    def test_55_a_proof_of_a_pending_poll_is_used_up(self, device: Device) -> None:
        holder = Holder()
        told, proof = device.start(), holder.headers("/oauth/token")
        assert error(device.poll(told, proof)) == "authorization_pending"
        assert error(device.poll(told, proof)) == "invalid_dpop_proof"

    def test_the_resource_of_the_request_is_that_of_the_tokens(self, device: Device) -> None:
        api = settings.current().base_url
        told = device.start(resource=api)
        device.allow(told)
        assert error(device.poll(told, resource="https://other.example")) == "invalid_target"
        assert device.poll(told, resource=api).status_code == 200
        with database.read() as connection:
            assert connection.scalar(select(AccessToken.resource)) == api


def test_requests_of_devices_are_purged_in_batches(device: Device, clock: Clock) -> None:
    for _ in range(3):
        device.start()
    device.allow(device.start())
    clock.move(days=1, seconds=601)
    done = []
    while not done or done[-1]:
        with database.unit_of_work() as session:
            done.append(housekeeping.purge(session, 2))
    assert done[0] == 2
    assert (count(AuthRequest), count(AuthorizationCode)) == (0, 0)
