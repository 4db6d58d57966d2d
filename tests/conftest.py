"""What every test may ask for. A test that uses `database` (or anything on top of it) runs on SQLite and on PostgreSQL.

settings, database        a migrated, empty database, activated together with its settings
app, client               the Flask application on it, and a test client
clock                     moves core.clock
live_server, server       the application on a port: in this process; as the real server in processes of its own
open_page, page           Chromium (tests/support/browser.py)
count_queries             tests/support/queries.py
bank_calls                real calls, where they lie beside the project
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from connect import wiring
from connect.core import database as core_database
from connect.core import ids, limits
from connect.core import settings as core_settings
from connect.core.settings import Settings
from tests.support import applications, queries
from tests.support.clock import Clock
from tests.support.databases import WORKER, PostgresDatabase, SqliteFile
from tests.support.programs import missing, require

pytest_plugins = ["tests.support.browser", "tests.support.servers"]

MASTER_KEY = "a master key for tests, of 32 characters and more"
SHARED_DATA, BANK_CALLS = Path(__file__).parents[2] / "shared" / "data", "bank-calls-1999-02.tsv.gz"
_RUN, _OWNER = "CONNECT_TEST_RUN", "CONNECT_TEST_OWNER"


def pytest_configure(config: pytest.Config) -> None:
    """The main process makes the run's folder; xdist workers inherit its name."""
    hypothesis.settings.register_profile("suite", deadline=None)  # a busy machine is slow, not wrong
    hypothesis.settings.load_profile("suite")
    if not hasattr(config, "workerinput"):
        os.environ[_RUN] = tempfile.mkdtemp(prefix="connect-tests-")
        os.environ[_OWNER] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[_RUN], ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: not _is_long(item))


def _is_long(item: pytest.Item) -> bool:
    marks = {mark.name for mark in item.iter_markers()}
    return bool({"browser", "fault"} & marks) or "bank_calls" in getattr(item, "fixturenames", ())


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            require(name)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """A folder that all workers of this run share."""
    return Path(os.environ[_RUN])


@pytest.fixture(scope="session")
def worker_folder(run_folder: Path) -> Path:
    """A folder of this worker's own, the same for all its tests."""
    folder = run_folder / WORKER
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def sqlite_file(run_folder: Path, worker_folder: Path) -> SqliteFile:
    return SqliteFile(run_folder, worker_folder)


@pytest.fixture(scope="session")
def postgres_database(run_folder: Path) -> Iterator[PostgresDatabase]:
    kept = PostgresDatabase(run_folder, int(os.environ[_OWNER]))
    yield kept
    kept.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """The database a test runs on; `sqlite_only` and `postgres_only` (tests/support/databases.py) narrow it."""
    if request.param == "postgresql":
        require("postgres")
    return str(request.param)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a migrated database without rows."""
    if dialect == "sqlite":
        file: SqliteFile = request.getfixturevalue("sqlite_file")
        file.renew()
        yield file.url
        return
    kept: PostgresDatabase = request.getfixturevalue("postgres_database")
    yield kept.url
    kept.empty()


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Settings a module wants otherwise: define a fixture of this name there."""
    return {}


@pytest.fixture
def settings(database_url: str, dialect: str, worker_folder: Path, overrides: dict[str, Any]) -> Settings:
    """Active settings. PostgreSQL runs behind https, SQLite without, so that every test sees both forms of address and cookie."""
    base_url = "https://connect.test" if dialect == "postgresql" else "http://connect.test"
    values = {"base_url": base_url, "database_url": database_url, "data_dir": _emptied(worker_folder / "data")}
    loaded = core_settings.load(**({"master_key": MASTER_KEY} | values | overrides))
    core_settings.activate(loaded)
    return loaded


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


@pytest.fixture
def database(settings: Settings) -> Iterator[ModuleType]:
    """connect.core.database, open on a migrated and empty database, receivers connected: `with database.unit_of_work() as session`."""
    limits.reset()
    wiring.connect_receivers()
    ids._last = (0, 0)  # ids never go back, and a test before this one may have moved the clock ahead
    core_database.activate(settings)
    yield core_database
    core_database.active().engine.dispose()


@pytest.fixture
def extra_routes() -> tuple[Callable[[Flask], None], ...]:
    """What a module adds to the application: define a fixture of this name there that returns functions of the module."""
    return ()


@pytest.fixture
def app(database: ModuleType, settings: Settings, extra_routes: tuple[Callable[[Flask], None], ...]) -> Flask:
    """The application; tests of this worker with equal settings share it."""
    return applications.shared(settings, extra_routes)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A test client that speaks to the platform's own address; call `app.test_client()` for a second browser."""
    return app.test_client()


@pytest.fixture
def clock(settings: Settings) -> Clock:
    """`clock.move(days=90)` moves core.clock for the rest of the test."""
    return Clock()


@pytest.fixture
def count_queries() -> Any:
    return queries.count_queries


@pytest.fixture(scope="session")
def bank_calls() -> Path:
    """33,344 real calls, gzip. They come without a licence, so they lie beside the project; CONNECT_SHARED_DATA names their folder."""
    path = Path(os.environ.get("CONNECT_SHARED_DATA", SHARED_DATA)) / BANK_CALLS
    if not path.exists():
        missing(f"needs the real calls: set CONNECT_SHARED_DATA to the folder that holds {BANK_CALLS}")
    return path
