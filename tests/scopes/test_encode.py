"""Compiled encoders give what the schemas give, with the masks applied."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.scopes.catalogue import RESOURCES, Projection, projection
from connect.scopes.encode import compile_encoder
from connect.scopes.masks import MASKS
from tests.scopes.examples import PART_ONE, relevant_scopes, rows, subsets

ID = UUID("019ab8f5-1234-7abc-9def-0123456789ab")
TEXT_ID = "01kawfa4hmfay9vvr14d2pf2db"
AT = dt.datetime(2026, 11, 25, 2, 42, 26, 123456, tzinfo=dt.UTC)
LOG = frozenset({"call_log:read"})

PROJECTIONS = [
    projection(name, scopes)
    for name in RESOURCES
    for scopes in subsets(relevant_scopes(RESOURCES[name]))
    if RESOURCES[name].scope in scopes
]


def dumped(shown: Projection, row: dict[str, Any]) -> dict[str, Any]:
    """The record as its schema dumps it, masked afterwards."""
    record = RESOURCES[shown.resource].schema(only=shown.names).dump(row)
    for name, mask in shown.masks.items():
        record[name] = MASKS[mask](record[name])
    return {**record, "_masked": list(shown.masked)} if shown.masked else record


@given(st.data())
@pytest.mark.parametrize("resource", RESOURCES)
def test_an_encoder_gives_what_the_schema_gives_for_every_set_of_scopes(resource: str, data: Any) -> None:
    shown = data.draw(st.sampled_from([each for each in PROJECTIONS if each.resource == resource]))
    drawn = data.draw(st.lists(rows(resource), max_size=3))
    expected = [dumped(shown, row) for row in drawn]
    assert compile_encoder(shown)(drawn) == expected
    assert compile_encoder(shown)([tuple(row[name] for name in shown.names) for row in drawn]) == expected
    assert [list(record) for record in compile_encoder(shown)(drawn)] == [list(record) for record in expected]


def test_every_set_of_scopes_of_every_resource_of_the_api_is_among_them() -> None:
    assert {each.resource for each in PROJECTIONS} >= set(PART_ONE)
    assert len([each for each in PROJECTIONS if each.resource == "call"]) == 2 ** (len(_scopes("call")) - 1)


@given(st.data())
def test_records_are_ready_for_json(data: Any) -> None:
    shown = data.draw(st.sampled_from(PROJECTIONS))
    row = data.draw(rows(shown.resource))
    encoded = compile_encoder(shown)([row])
    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
    assert orjson.loads(orjson.dumps(encoded, option=options)) == encoded


def test_ids_have_the_prefix_of_what_they_point_at() -> None:
    record = _encoded("call", LOG, id=ID, number_id=ID, department_id=ID, agent_id=None)
    assert record["id"] == f"call_{TEXT_ID}"
    assert record["number_id"] == f"num_{TEXT_ID}"
    assert record["department_id"] == f"dep_{TEXT_ID}"
    assert record["agent_id"] is None
    assert _encoded("user", frozenset({"users:read"}), departments=[ID])["departments"] == [f"dep_{TEXT_ID}"]


def test_times_are_in_utc_and_leave_out_a_fraction_of_zero() -> None:
    india = dt.timezone(dt.timedelta(hours=5, minutes=30))
    record = _encoded("call", LOG, started_at=AT, answered_at=AT.replace(microsecond=0), ended_at=AT.astimezone(india))
    assert record["started_at"] == "2026-11-25T02:42:26.123456Z"
    assert record["answered_at"] == "2026-11-25T02:42:26Z"
    assert record["ended_at"] == "2026-11-25T02:42:26.123456Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        _encoded("call", LOG, started_at=AT.replace(tzinfo=None))


def test_money_is_paise_with_its_currency() -> None:
    assert _encoded("call", LOG, cost=120)["cost"] == {"amount": 120, "currency": "INR"}


def test_masked_fields_are_listed_on_the_record() -> None:
    row = {"caller_e164": "+919812345610", "caller_name": "Priya Bhatt"}
    record = _encoded("call", LOG, **row)
    assert (record["caller_e164"], record["caller_name"]) == ("+91••••••10", "P. B.")
    assert record["_masked"] == ["caller_e164", "caller_name"]
    whole = _encoded("call", LOG | {"call_log.numbers:read"}, **row)
    assert (whole["caller_e164"], whole["caller_name"]) == ("+919812345610", "Priya Bhatt")
    assert "_masked" not in whole


def test_a_part_of_an_object_that_the_catalogue_does_not_know_is_left_out() -> None:
    segment = {"speaker": "caller", "start_ms": 0, "end_ms": 9, "text": "Hello", "mood": "angry"}
    record = _encoded("transcript", frozenset({"transcripts:read"}), segments=[segment])
    assert record["segments"] == [{"speaker": "caller", "start_ms": 0, "end_ms": 9, "text": "Hello"}]


def test_columns_after_those_of_the_projection_are_ignored() -> None:
    shown = projection("department", frozenset({"departments:read"}))
    assert compile_encoder(shown)([(ID, "Sales", None, b"salt")]) == [
        {"id": f"dep_{TEXT_ID}", "name": "Sales", "parent_id": None}
    ]


def test_a_row_that_is_too_short_is_refused() -> None:
    shown = projection("department", frozenset({"departments:read"}))
    with pytest.raises(ValueError, match="a row has 2 values, the projection 3 fields"):
        compile_encoder(shown)([(ID, "Sales", None), (ID, "Sales")])


def test_no_rows_are_no_records() -> None:
    assert compile_encoder(projection("call", LOG))([]) == []


def _encoded(resource: str, scopes: frozenset[str], **row: Any) -> dict[str, Any]:
    shown = projection(resource, scopes)
    return compile_encoder(shown)([dict.fromkeys(shown.names) | row])[0]


def _scopes(resource: str) -> list[str]:
    return relevant_scopes(RESOURCES[resource])
