"""The notice hash and the canonical form under it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from connect.scopes.canonical import canonical
from connect.scopes.notice import notice_hash
from connect.scopes.terms import default_terms

NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)
SHOWN: dict[str, Any] = {
    "language": "en",
    "texts": {"account:read": ["Your business", "The app sees its name."]},
    "scopes": ["account:read", "users:read"],
    "terms": default_terms(NOW),
    "app_words": {"account:read": "To greet you"},
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(st.characters(max_codepoint=127)), part, max_size=3)
    ),
)


def test_the_same_notice_has_the_same_hash() -> None:
    again = SHOWN | {"scopes": ["users:read", "account:read", "users:read"], "texts": dict(SHOWN["texts"])}
    assert notice_hash(**SHOWN) == notice_hash(**again)
    assert len(notice_hash(**SHOWN)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"language": "hi"},
        {"texts": {"account:read": ["Your business", "The app sees its names."]}},
        {"scopes": ["account:read"]},
        {"terms": replace(SHOWN["terms"], retention_days=30)},
        {"app_words": {"account:read": "To sell to you"}},
    ],
)
def test_whatever_changes_on_the_page_changes_the_hash(change: dict[str, Any]) -> None:
    assert notice_hash(**(SHOWN | change)) != notice_hash(**SHOWN)


@given(json_values)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [NOW, {1, 2}, 2**53])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_the_room_needs_neither_flask_nor_a_database() -> None:
    source = (
        "import pkgutil, sys, importlib, connect.scopes as room\n"
        "for found in pkgutil.walk_packages(room.__path__, 'connect.scopes.'): importlib.import_module(found.name)\n"
        "print(sorted({'flask', 'sqlalchemy', 'werkzeug', 'authlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
