"""The address in a problem's `type` says what it means."""

from __future__ import annotations

from flask import Flask

from connect.core import settings
from connect.core.problems import TYPES
from tests.api.conftest import Api, problem


def test_the_type_of_an_answer_leads_to_its_explanation(api: Api) -> None:
    address = problem(api.get("/v1/calls", limit=0), "invalid-parameter", 400)["type"]
    base = settings.current().base_url
    assert address.startswith(base)
    told = api.client.get(address.removeprefix(base))
    assert told.get_json() == {
        "type": address,
        "status": 400,
        "title": "A parameter is wrong",
        "advice": "`errors` names each and says what would be right.",
    }


def test_every_type_has_a_page_for_people(app: Flask) -> None:
    browser = app.test_client()
    for slug, kind in TYPES.items():
        page = browser.get(f"/problems/{slug}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert page.status_code == 200 and page.content_type.startswith("text/html")
        assert f"<code>{slug}</code>" in page.text and "`" not in page.text
        assert len(kind.title) < 70 and kind.advice.endswith(".")


def test_a_type_that_is_not_there_is_a_problem_itself(app: Flask) -> None:
    problem(app.test_client().get("/problems/nonsense"), "not-found", 404)
