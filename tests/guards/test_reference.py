"""The pages of docs/ that are made from the code say what the code says."""

from __future__ import annotations

import pytest

from connect.core.settings import SETTINGS
from scripts import reference
from tests.guards.source import ROOT


@pytest.mark.parametrize("path", reference.PAGES)
def test_a_page_made_from_the_code_is_up_to_date(path: str) -> None:
    assert (ROOT / path).read_text() == reference.PAGES[path](), "run `make docs`"


def test_every_setting_says_what_it_means() -> None:
    assert not [item.name for item in SETTINGS if len(item.metadata["doc"]) < 10]
