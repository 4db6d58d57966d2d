"""The fixtures keep what they promise: a fresh database for each test, a clock that goes back, a skip that names its cure."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest
from playwright.sync_api import Browser
from sqlalchemy import func, select

from connect.core import clock as core_clock
from connect.core import mail
from connect.core.mail import Mail
from tests.support import programs
from tests.support.browser import Visitor
from tests.support.clock import Clock
from tests.support.databases import postgres_only, sqlite_only

BREAKING = "<!doctype html><script>document.title = 'ran'</script>"


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_starts_with_an_empty_database(database: ModuleType, time: str) -> None:
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Mail)) == 0
    with database.unit_of_work() as session:
        mail.send(session, "owner@example.com", time, "text", "test")


def test_a_database_test_runs_on_the_database_its_id_names(
    database: ModuleType, dialect: str, request: pytest.FixtureRequest
) -> None:
    assert database.dialect() == dialect
    assert dialect in request.node.name


@postgres_only
def test_a_test_can_ask_for_postgresql_alone(database: ModuleType) -> None:
    assert database.dialect() == "postgresql"


@sqlite_only
def test_a_test_can_ask_for_sqlite_alone(database: ModuleType) -> None:
    assert database.dialect() == "sqlite"


def test_the_clock_moves_by_what_it_is_told(clock: Clock) -> None:
    before = core_clock.now()
    clock.move(days=90, hours=1)
    assert timedelta(days=90, hours=1) <= core_clock.now() - before < timedelta(days=90, hours=1, minutes=1)


def test_queries_are_counted(database: ModuleType, count_queries) -> None:
    with count_queries() as queries, database.read() as connection:
        connection.execute(select(Mail.id))
        connection.execute(select(Mail.subject))
    assert len(queries) == 2


@pytest.fixture
def abacus(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(programs.PROGRAMS, "abacus", programs.Program(("abacus-tools",), lambda: None))
    return "abacus"


def test_a_missing_program_skips_with_the_command_that_installs_it(
    abacus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs abacus: apt-get install -y abacus-tools"):
        programs.require(abacus)


def test_a_missing_program_fails_in_ci(abacus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs abacus: apt-get install -y abacus-tools"):
        programs.require(abacus)


def test_a_mark_for_an_unknown_program_is_refused() -> None:
    with pytest.raises(ValueError, match="sextant"):
        programs.needs("sextant")


def test_a_page_that_breaks_the_content_security_policy_is_noticed(browser: Browser) -> None:
    visitor = Visitor(browser)
    page = visitor()
    page.route(
        "**/*", lambda route: route.fulfill(body=BREAKING, headers={"Content-Security-Policy": "script-src 'none'"})
    )
    page.goto("http://127.0.0.1:9/")
    visitor.close()
    assert [text for text in visitor.complaints if "Content Security Policy" in text]


def test_a_page_whose_script_breaks_is_noticed(browser: Browser) -> None:
    visitor = Visitor(browser)
    visitor().set_content("<!doctype html><script>throw new Error('broken on purpose')</script>")
    visitor.close()
    assert visitor.complaints == ["script error: broken on purpose"]
