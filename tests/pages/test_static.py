"""Files that pages load: vendored ones are as listed, and none names another host or something the security policy refuses."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from connect.core.pages.assets import STATIC
from scripts import vendor

ROOT = Path(__file__).parents[2]
OWN = sorted(path for folder in ("css", "js") for path in (STATIC / folder).iterdir())
TEMPLATES = sorted(ROOT.glob("connect/**/templates/**/*.html"))


def test_every_vendored_file_has_the_hash_it_was_listed_with() -> None:
    assert vendor.check() == 0
    listed = {ROOT / path for _, path in vendor.listed()}
    assert {path for path in (STATIC / "vendor").iterdir() if path.name != "SHA256SUMS"} <= listed


def test_a_changed_vendored_file_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(vendor, "listed", lambda: [("0" * 64, vendor.SPRITE)])
    assert vendor.check() == 1
    assert str(vendor.SPRITE) in capsys.readouterr().err


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "vendor" / "icons.svg").read_text()))
    text = "".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r'\bicon(?:=|\()"([a-z0-9-]+)"', text)) | set(
        re.findall(r'\bname="([a-z0-9-]+)"\) %}', text)
    )
    assert named - there == set()


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_our_own_files_load_nothing_from_elsewhere(path: Path) -> None:
    assert not re.search(r"https?:|//\w+\.|data:|@import|eval\(|innerHTML", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", path.read_text())


def _get(gallery: FlaskClient, path: str) -> tuple[bytes, str]:
    """Body and Cache-Control; the answer is closed, since it holds an open file."""
    with gallery.get(path) as answer:
        return answer.get_data(), answer.headers["Cache-Control"]


def test_a_first_view_of_the_consent_page_is_under_100_kilobytes(gallery: FlaskClient) -> None:
    page = gallery.get("/customer/consent").get_data()
    links = {link.split("#")[0] for link in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode())}
    sent = [page, *(_get(gallery, link)[0] for link in links)]
    assert len(links) > 8
    assert sum(len(gzip.compress(body)) for body in sent) < 100_000


def test_an_address_with_a_version_is_kept_for_a_year_and_one_without_is_not(gallery: FlaskClient) -> None:
    assert "immutable" in _get(gallery, "/static/css/tokens.css?v=1")[1]
    assert _get(gallery, "/static/css/tokens.css")[1] == "no-cache"
