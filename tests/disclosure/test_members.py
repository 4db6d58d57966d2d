"""Fields of what hangs on a record, by the names that entries and usage have for them."""

from __future__ import annotations

import pytest

from connect.disclosure import members
from connect.scopes.text import words


@pytest.mark.parametrize(
    ("resource", "name", "title", "personal"),
    [
        ("call", "caller_e164", words("en").fields["call"]["caller_e164"], True),
        ("call", "legs.result", words("en").fields["call_leg"]["result"], False),
        ("call", "notes.body", "notes.body", True),  # what hangs on no call today
        ("call", "gone", "gone", True),
        ("gone", "name", "name", True),
    ],
)
def test_a_field_has_its_label_wherever_it_hangs_and_an_unknown_one_its_name(
    resource: str, name: str, title: str, personal: bool
) -> None:
    assert members.title(words("en"), resource, name) == title
    assert members.personal(resource, name) is personal
