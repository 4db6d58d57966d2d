"""Every field of every resource says how personal it is and which scope shows it; the catalogue is the table written down here."""

from __future__ import annotations

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields as marshmallow_fields

from connect.calls import kinds
from connect.scopes import fields
from connect.scopes.catalogue import RESOURCES, SCHEMAS
from connect.scopes.fields import OPEN, PERSONAL, Id, Text, shown
from connect.scopes.schemas.base import ResourceSchema
from connect.scopes.schemas.call import DIRECTIONS, MISSED_REASONS, STATUSES

# resource: (own scope, scope -> "field(class) field(class, mask)")
TABLE = {
    "account": ("account:read", {"account:read": "id(0) name(0) timezone(0) region(0)"}),
    "number": ("numbers:read", {"numbers:read": "id(0) e164(0) label(0) circle(0) type(0) active(0)"}),
    "department": ("departments:read", {"departments:read": "id(0) name(0) parent_id(0)"}),
    "user": (
        "users:read",
        {
            "users:read": "id(1) display_name(1) role(0) extension(1) departments(0)",
            "users.contact:read": "email(2) mobile(2)",
        },
    ),
    "contact": (
        "contacts:read",
        {
            "contacts:read": "id(1) display_name(2) e164(2) tags(0) state(1) created_at(0) updated_at(0)",
            "contacts.details:read": "email(2) company(2) city(2) postal_code(2) birthday(2)",
        },
    ),
    "call": (
        "call_log:read",
        {
            "call_log:read": "id(0) session_id(0) number_id(0) direction(0) status(0) missed_reason(0) department_id(0) ivr_path(0) "
            "started_at(0) queued_at(0) answered_at(0) ended_at(0) ring_s(0) wait_s(0) talk_s(0) total_s(0) agent_id(1) "
            "caller_ref(1) circle(1) disposition(0) tags(0) cost(0) reference_id(1) has_recording(0) has_voicemail(0) "
            "has_transcript(0) updated_at(0) source(0)",
            "call_log.numbers:read": "caller_e164(2,number) caller_name(2,initials)",
            "contacts:read": "contact_id(1)",
        },
    ),
    "call_leg": (
        "call_log:read",
        {
            "call_log:read": "call_id(0) seq(0) agent_id(1) result(0) action(0) ring_at(0) answer_at(0) end_at(0) hangup_cause(0)",
            "call_log.numbers:read": "dialled_e164(2,number)",
        },
    ),
    "call_note": (
        "call_log.notes:read",
        {"call_log.notes:read": "id(0) call_id(0) author_id(1) body(3) created_at(0)"},
    ),
    "recording": (
        "recordings:read",
        {
            "recordings:read": "id(0) call_id(0) seconds(0) format(0) channels(0) sha256(0) expires_at(0)",
            "recordings.audio:read": "media(3)",
        },
    ),
    "voicemail": (
        "voicemail:read",
        {
            "voicemail:read": "id(0) call_id(0) seconds(0) format(0) channels(0) sha256(0) expires_at(0) heard(0)",
            "voicemail.audio:read": "media(3)",
        },
    ),
    "transcript": ("transcripts:read", {"transcripts:read": "call_id(0) language(0) segments(3)"}),
    "billing_item": (
        "billing.usage:read",
        {
            "billing.usage:read": "id(0) period(0) kind(0) quantity(0)",
            "billing:read": "amount(0) number_id(0) invoice_ref(1)",
        },
    ),
    "notification": (
        "notifications.content:read",
        {
            "notifications.content:read": "id(0) event(0) url(2) status(0) at(0) request_headers(2) request_body(3) response_body(3)"
        },
    ),
    "call_stats": (
        "call_log.stats:read",
        {
            "call_log.stats:read": "day(0) hour(0) number_id(0) department_id(0) status(0) agent_id(1) calls(0) ring_s(0) wait_s(0) "
            "talk_s(0) total_s(0)"
        },
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_resource_has_the_fields_of_the_table_and_no_other(name: str) -> None:
    resource = RESOURCES[name]
    found: dict[str, set[str]] = {}
    for field in resource.fields:
        mask = f",{field.mask}" if field.mask else ""
        found.setdefault(field.scope, set()).add(f"{field.name}({field.data_class}{mask})")
    own_scope, by_scope = TABLE[name]
    assert resource.scope == own_scope
    assert found == {scope: set(listed.split()) for scope, listed in by_scope.items()}


def test_the_table_is_whole() -> None:
    assert set(RESOURCES) == set(TABLE)


def test_a_segment_of_a_transcript_says_what_each_of_its_parts_is() -> None:
    parts = RESOURCES["transcript"].field("segments").parts
    assert {part.name: part.data_class for part in parts} == {"speaker": 1, "start_ms": 0, "end_ms": 0, "text": 3}


def test_a_field_without_its_metadata_fails_where_its_schema_is_written() -> None:
    with pytest.raises(TypeError, match=r"LeakySchema\.secret has no x-class, x-scope, x-mask, description"):
        type("LeakySchema", (ResourceSchema,), {"secret": Text()})


@pytest.mark.parametrize("missing", fields.METADATA)
def test_each_part_of_the_metadata_is_demanded(missing: str) -> None:
    field = shown(Text(), OPEN, "A name", scope="account:read")
    field.metadata = {key: value for key, value in field.metadata.items() if key != missing}
    with pytest.raises(TypeError, match=missing):
        type("LeakySchema", (ResourceSchema,), {"name": field})


def test_a_field_may_not_name_a_scope_that_does_not_exist() -> None:
    with pytest.raises(TypeError, match="unknown scope acount:read"):
        type("WrongSchema", (ResourceSchema,), {"name": shown(Text(), OPEN, "A name", scope="acount:read")})


def test_a_field_may_not_name_a_mask_that_does_not_exist() -> None:
    field = shown(Text(), PERSONAL, "A name", scope="account:read", mask="blur")
    with pytest.raises(TypeError, match="unknown mask blur"):
        type("WrongSchema", (ResourceSchema,), {"name": field})


def test_a_field_may_not_be_of_a_kind_that_encoders_do_not_know() -> None:
    field = shown(marshmallow_fields.Url(), OPEN, "An address", scope="account:read")
    with pytest.raises(TypeError, match="must be of a kind"):
        type("WrongSchema", (ResourceSchema,), {"address": field})


def test_a_field_keeps_its_own_name_in_json() -> None:
    field = shown(Text(data_key="other"), OPEN, "A name", scope="account:read")
    with pytest.raises(TypeError, match="keep its own name"):
        type("WrongSchema", (ResourceSchema,), {"name": field})


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_id_begins_with_the_prefix_of_its_resource(schema: type[ResourceSchema]) -> None:
    field = schema._declared_fields.get("id")
    assert schema.id_prefix == (field.prefix if isinstance(field, Id) else "")


def test_an_id_points_at_the_resource_whose_prefix_it_has() -> None:
    prefixes = {resource.id_prefix for resource in RESOURCES.values()}
    pointing = [field for resource in RESOURCES.values() for field in resource.fields if field.kind in {"id", "ids"}]
    assert not [field.name for field in pointing if field.prefix not in prefixes]


def test_the_closed_sets_are_those_of_the_call_log() -> None:
    assert tuple(kinds.Direction) == DIRECTIONS
    assert tuple(kinds.Status) == STATUSES
    assert tuple(kinds.MissedReason) == MISSED_REASONS


def test_openapi_gets_the_classes_and_allows_null_where_a_value_may_lack() -> None:
    spec = APISpec("Test", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema("Call", schema=RESOURCES["call"].schema)
    properties = spec.to_dict()["components"]["schemas"]["Call"]["properties"]
    assert properties["caller_e164"] == {
        "type": ["string", "null"],
        "x-class": 2,
        "x-scope": "call_log.numbers:read",
        "x-mask": "number",
        "description": "The other party's number in E.164; null if withheld",
    }
    assert properties["missed_reason"]["enum"] == [*MISSED_REASONS, None]
    assert properties["started_at"]["format"] == "date-time"
    assert properties["_masked"]["type"] == "array"
