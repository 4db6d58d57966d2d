"""The catalogue's version, and what scopes show of a resource."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.scopes import canonical
from connect.scopes.catalogue import RESOURCES, VERSION, document, projection, scope_for
from connect.scopes.errors import NotGranted, UnknownNames
from connect.scopes.scopes import SCOPES, Tier
from tests.scopes.examples import relevant_scopes, scope_sets, subsets

LOG = frozenset({"call_log:read"})
EVERY_CASE = [(name, scopes) for name, each in RESOURCES.items() for scopes in subsets(relevant_scopes(each))]


def test_the_version_is_the_hash_of_the_document_however_it_was_stored() -> None:
    stored = json.loads(json.dumps(document()))
    shuffled = json.loads(json.dumps(dict(reversed(stored.items()))))
    assert canonical.sha256(shuffled) == VERSION


def test_the_version_changes_with_any_class_scope_or_mask() -> None:
    for change in ({"class": 3}, {"scope": "users:read"}, {"mask": "initials"}):
        assert canonical.sha256(_changed("call", "caller_e164", **change)) != VERSION


def test_nothing_personal_is_open_to_a_scope_without_review() -> None:
    personal = [field for resource in RESOURCES.values() for field in resource.fields if field.data_class >= 2]
    assert not [field.name for field in personal if SCOPES[field.scope].tier in {Tier.T0, Tier.T1}]


@pytest.mark.parametrize(("resource", "scopes"), EVERY_CASE)
def test_a_field_is_shown_by_its_scope_masked_by_the_resources_own_or_not_at_all(
    resource: str, scopes: frozenset[str]
) -> None:
    own_scope = RESOURCES[resource].scope
    shown = projection(resource, scopes)
    masks = {field.name: field.mask for field in shown.fields}
    for rule in RESOURCES[resource].fields:
        if own_scope in scopes and rule.scope in scopes:
            assert masks[rule.name] is None
        elif own_scope in scopes and rule.mask:
            assert masks[rule.name] == rule.mask
        else:
            assert rule.name not in masks
            assert (rule.name, rule.scope) in shown.withheld


def test_the_call_log_alone_masks_numbers_and_names_and_withholds_the_contact() -> None:
    shown = projection("call", LOG)
    assert shown.masks == {"caller_e164": "number", "caller_name": "initials"}
    assert shown.masked == ("caller_e164", "caller_name")
    assert shown.withheld == (("contact_id", "contacts:read"),)
    assert projection("call_leg", LOG).masks == {"dialled_e164": "number"}


def test_a_part_of_a_resource_is_not_shown_without_the_resources_own_scope() -> None:
    assert projection("call", frozenset({"call_log.numbers:read", "contacts:read"})).fields == ()
    assert projection("recording", frozenset({"recordings.audio:read"})).fields == ()


def test_a_projection_names_the_scopes_that_it_uses() -> None:
    assert projection("call", LOG | {"users:read"}).scopes == LOG
    assert projection("call", LOG | {"call_log.numbers:read"}).scopes == LOG | {"call_log.numbers:read"}
    assert projection("call", LOG | {"contacts:read"}, only=frozenset({"contact_id"})).scopes == {"contacts:read"}


def test_a_projection_is_compiled_once() -> None:
    assert projection("call", frozenset({"call_log:read"})) is projection("call", frozenset({"call_log:read"}))
    assert projection("call", LOG, against=document()) is projection("call", LOG, against=document())


def test_chosen_fields_keep_their_order_and_their_masks() -> None:
    shown = projection("call", LOG, only=frozenset({"status", "caller_e164", "id"}))
    assert shown.names == ("id", "status", "caller_e164")
    assert shown.masked == ("caller_e164",)


def test_unknown_fields_are_named_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownNames, match="unknown field: colour, shape; there are id, name, timezone, region"
    ) as caught:
        projection("account", frozenset({"account:read"}), only=frozenset({"shape", "id", "colour"}))
    assert caught.value.names == ("colour", "shape")


def test_a_chosen_field_that_is_not_granted_names_its_scope() -> None:
    with pytest.raises(NotGranted, match="contact_id needs contacts:read") as caught:
        projection("call", LOG, only=frozenset({"id", "contact_id"}))
    assert caught.value.scopes == ("contacts:read",)


def test_sorting_by_a_field_needs_the_scope_that_shows_it_unmasked() -> None:
    assert scope_for("call", "caller_e164") == "call_log.numbers:read"
    assert scope_for("call", "started_at") == "call_log:read"
    with pytest.raises(UnknownNames):
        scope_for("call", "colour")


def test_the_catalogue_of_the_grant_changes_nothing_while_it_is_todays() -> None:
    scopes = LOG | {"contacts:read", "call_log.numbers:read"}
    assert projection("call", scopes, against=document()) == projection("call", scopes)


def test_a_field_that_the_grants_catalogue_did_not_have_is_not_shown() -> None:
    then = document()
    del then["resources"]["call"]["fields"]["cost"]
    shown = projection("call", LOG, against=then)
    assert "cost" not in shown.names
    assert ("cost", "call_log:read") in shown.withheld
    with pytest.raises(NotGranted, match="cost needs call_log:read"):
        projection("call", LOG, against=then, only=frozenset({"cost"}))


def test_a_resource_that_the_grants_catalogue_did_not_have_is_not_shown() -> None:
    then = document()
    del then["resources"]["call_stats"]
    assert projection("call_stats", frozenset({"call_log.stats:read"}), against=then).fields == ()


def test_a_field_that_exists_no_more_is_not_shown() -> None:
    then = document()
    then["resources"]["account"]["fields"]["owner"] = then["resources"]["account"]["fields"]["name"]
    assert projection("account", frozenset({"account:read"}), against=then).names == (
        "id",
        "name",
        "timezone",
        "region",
    )


def test_a_field_that_grew_more_personal_needs_a_new_consent() -> None:
    assert "circle" not in projection("call", LOG, against=_changed("call", "circle", **{"class": 0})).names
    assert "circle" in projection("call", LOG, against=_changed("call", "circle", **{"class": 2})).names


def test_a_field_that_holds_something_else_needs_a_new_consent() -> None:
    assert "cost" not in projection("call", LOG, against=_changed("call", "cost", kind="integer")).names


def test_a_scope_that_shows_a_field_only_today_does_not_show_it() -> None:
    then = _changed("call", "circle", scope="call_log.numbers:read")
    assert "circle" not in projection("call", LOG, against=then).names
    assert "circle" in projection("call", LOG | {"call_log.numbers:read"}, against=then).names


def test_a_mask_that_the_customer_saw_stays_when_todays_catalogue_would_drop_it() -> None:
    then = _changed("call", "circle", scope="call_log.numbers:read", mask="initials")
    assert projection("call", LOG, against=then).masks["circle"] == "initials"


def test_todays_mask_holds_although_the_customer_saw_none() -> None:
    then = _changed("call", "caller_e164", scope="call_log:read", mask=None)
    assert projection("call", LOG, against=then).masks["caller_e164"] == "number"


def test_a_field_whose_mask_became_another_one_is_not_shown() -> None:
    then = _changed("call", "caller_e164", mask="initials")
    assert "caller_e164" not in projection("call", LOG, against=then).names


def test_a_list_with_a_new_part_needs_a_new_consent() -> None:
    scopes, then = frozenset({"transcripts:read"}), document()
    del then["resources"]["transcript"]["fields"]["segments"]["parts"]["speaker"]
    assert projection("transcript", scopes, against=then).names == ("call_id", "language")


@given(
    st.sampled_from(sorted(RESOURCES)),
    scope_sets,
    st.data(),
)
def test_an_earlier_catalogue_never_shows_more_than_todays(resource: str, scopes: frozenset[str], data: Any) -> None:
    then = document()
    fields = then["resources"][resource]["fields"]
    for name in data.draw(st.lists(st.sampled_from(sorted(fields)), unique=True)):
        fields[name]["class"] = data.draw(st.integers(0, 3))
        fields[name]["scope"] = data.draw(st.sampled_from(sorted(SCOPES)))
        fields[name]["mask"] = data.draw(st.sampled_from([None, "number", "initials"]))
    now = {field.name: field.mask for field in projection(resource, scopes).fields}
    for field in projection(resource, scopes, against=then).fields:
        assert field.name in now
        assert now[field.name] in {None, field.mask}


def _changed(resource: str, field: str, **change: Any) -> dict[str, Any]:
    """Today's catalogue, but with one field otherwise."""
    changed = document()
    changed["resources"][resource]["fields"][field].update(change)
    return changed
