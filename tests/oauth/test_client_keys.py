"""Whose key made an assertion: the app's own, by its name, as it is registered now; who has which is not told (checklist 34)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask

from apps_registry import keys, steps
from apps_registry.keys import Keys
from apps_registry.lifecycle import Party
from connect.core import actor, database, public_keys
from connect.oauth import assertions, client_keys
from tests.oauth.flow import Flow, basic
from tests.oauth.holder import Holder, with_key
from tests.oauth.test_assertions import NOBODY, alone, signer
from tests.oauth.test_dpop import refused
from tests.support.threads import Together


def replace_keys(flow: Flow, *holders: Holder) -> None:
    with database.unit_of_work() as session:
        given = Keys({"keys": [holder.jwk for holder in holders]})
        keys.replace(session, flow.world.app_id, given, actor.SYSTEM)


def test_51_a_key_kept_for_another_algorithm_proves_nothing(app: Flask) -> None:
    holder = Holder("EdDSA")
    flow = with_key(app, holder)
    replace_keys(flow, holder)
    with database.unit_of_work() as session:
        marked = Keys({"keys": [{**holder.jwk, "alg": "Ed25519"}]})
        keys.replace(session, flow.world.app_id, marked, actor.SYSTEM)
    assert alone(flow).status_code == 200  # two names of one algorithm
    with pytest.raises(ValueError):
        public_keys.strict_set({"keys": [{**holder.jwk, "alg": "ES256"}]})


def test_34_an_unknown_client_another_method_another_key_and_another_kid_are_one_answer(
    keyed: Flow, flow: Flow, public: Flow, count_queries: Any
) -> None:
    stranger, own = Holder(kid="first"), signer(keyed)
    sent = [
        stranger.credentials("app_nobody"),
        stranger.credentials(flow.world.client_id),
        stranger.credentials(public.world.client_id),
        stranger.credentials(keyed.world.client_id),
        own.credentials(keyed.world.client_id, {"kid": "second"}),
        own.credentials(keyed.world.client_id, {"kid": 7}),
        own.credentials(flow.world.client_id),
    ]
    answers, statements = [], []
    for form in sent:
        with count_queries() as queries:
            answers.append(keyed.alone(**form))
        statements.append(list(queries))
    assert {(answer.status_code, answer.data) for answer in answers} == {(400, answers[0].data)}
    assert refused(answers[0], "invalid_client") == NOBODY
    assert all(each == statements[0] for each in statements)  # the same work in the database, so the same time


def test_34_a_signature_is_checked_whoever_the_client_is(keyed: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = assertions.Signed.made_with
    monkeypatch.setattr(
        assertions.Signed, "made_with", lambda signed, key: (checked.append(key.key_type), real(signed, key))[1]
    )
    for algorithm, kind in (("ES256", "EC"), ("PS256", "RSA"), ("EdDSA", "OKP")):
        for client_id in ("app_nobody", keyed.world.client_id):
            refused(keyed.alone(**Holder(algorithm).credentials(client_id)), "invalid_client")
        assert checked == [kind, kind]
        checked.clear()


def test_the_key_that_nobody_has_proves_nothing(keyed: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever had the key that unknown clients are compared with would still be nobody."""
    holder = Holder(kid="first")
    monkeypatch.setattr(client_keys, "_nobodys", lambda _algorithm: holder.jwk)
    for client_id in ("app_nobody", keyed.world.client_id):
        assert refused(keyed.alone(**holder.credentials(client_id)), "invalid_client") == NOBODY


def test_an_app_with_a_key_has_no_other_way(keyed: Flow) -> None:
    code = keyed.code()
    none = {"client_assertion": None, "client_assertion_type": None, "client_id": keyed.world.client_id}
    refused(keyed.exchange(code, **none), "invalid_client")
    refused(keyed.exchange(code, **none, client_secret="vts_x"), "invalid_client")
    refused(keyed.exchange(code, headers=basic(keyed.world.client_id, ""), **none), "invalid_client", 401)
    assert keyed.exchange(code).status_code == 200


def test_a_key_that_was_replaced_proves_nothing_from_the_next_request_on(keyed: Flow) -> None:
    said, new = keyed.connect(), Holder("EdDSA", kid="second")
    replace_keys(keyed, new)
    assert refused(keyed.refresh(said["refresh_token"]), "invalid_client") == NOBODY
    keyed.signer = new
    assert keyed.refresh(said["refresh_token"]).status_code == 200


def test_two_keys_work_side_by_side_each_by_its_kid(keyed: Flow) -> None:
    first, second = signer(keyed), Holder("PS256", kid="second")
    replace_keys(keyed, first, second)
    for holder in (first, second):
        assert alone(keyed, holder).status_code == 200
        refused(alone(keyed, holder, {"kid": None}), "invalid_client")  # which of the two?
    refused(alone(keyed, first, {"kid": "second"}), "invalid_client")


def test_the_only_key_needs_no_kid(keyed: Flow) -> None:
    assert alone(keyed, header={"kid": None}).status_code == 200
    with database.unit_of_work() as session:
        unnamed = {name: value for name, value in signer(keyed).jwk.items() if name != "kid"}
        keys.replace(session, keyed.world.app_id, Keys({"keys": [unnamed]}), actor.SYSTEM)
    assert alone(keyed, header={"kid": None}).status_code == 200


def test_a_suspended_app_is_told_so_once_it_has_proved_who_it_is(keyed: Flow) -> None:
    with database.unit_of_work() as session:
        steps.suspend(session, keyed.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)
    refused(alone(keyed), "unauthorized_client")
    refused(alone(keyed, Holder(kid="first")), "invalid_client")


def test_keys_are_replaced_while_they_are_in_use(keyed: Flow, together: Together) -> None:
    """The one before goes on where it is in the new set too; where it is not, nothing of it works once that is committed."""
    first, second = signer(keyed), Holder(kid="second")
    *answers, done = together(*[partial(alone, keyed, first)] * 7, partial(replace_keys, keyed, first, second))
    assert done is None
    assert [answer.status_code for answer in answers] == [200] * 7
    *answers, done = together(*[partial(alone, keyed, first)] * 7, partial(replace_keys, keyed, second))
    assert done is None
    assert {answer.status_code for answer in answers} <= {200, 400}
    refused(alone(keyed, first), "invalid_client")
    assert alone(keyed, second).status_code == 200
