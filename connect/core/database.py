"""The database: models' base, column types, and the only place that commits.

Two databases behind one interface. PostgreSQL has many writers. SQLite has one: every write of the process takes `_turn` before
BEGIN IMMEDIATE, and callers of `group_commit` share one commit. Reads run on an autocommit connection and hand over plain values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, SafeUUID

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    create_engine,
    event,
    make_url,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PostgresUUID
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction
from sqlalchemy.types import TypeDecorator, TypeEngine

from connect.core import settings
from connect.core.settings import Settings

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_READ = "connect_read"
_UNKNOWN = SafeUUID.unknown
_set = object.__setattr__


class Base(DeclarativeBase):
    """Base of every model; constraints have names, so that a migration can find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _uuid(value: bytes | None) -> UUID | None:
    """UUID(bytes=value) without its checks, three times as fast."""
    if value is None:
        return None
    made: UUID = object.__new__(UUID)
    _set(made, "int", int.from_bytes(value, "big"))
    _set(made, "is_safe", _UNKNOWN)
    return made


def _time(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MICROSECOND


def _with_zone(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


class Id(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite, where bytes sort as the ids do."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(PostgresUUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], UUID | None] | None:
        """In place of process_result_value, which costs two more calls for each of the hundreds of ids of a page."""
        return None if dialect.name == "postgresql" else _uuid


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC: timestamptz on PostgreSQL, microseconds since 1970 on SQLite. A naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """As with Id. PostgreSQL's session speaks UTC, so its times need our zone object and no conversion."""
        return _with_zone if dialect.name == "postgresql" else _time


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Bytes = LargeBinary


class Database:
    """One engine, its read twin on the same pool, and the write turn of SQLite."""

    def __init__(self, config: Settings) -> None:
        self.engine = _engine(config.database_url, config.database_pool, config.database_timeout)
        self.dialect = self.engine.dialect.name
        self.reader = self.engine.execution_options(
            **({"isolation_level": "AUTOCOMMIT"} if self.dialect == "postgresql" else {_READ: True})
        )
        self._turn: AbstractContextManager[Any] = threading.RLock() if self.dialect == "sqlite" else nullcontext()
        self.group: Callable[[Callable[[Session], Any]], Any] | None = None

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        if _unit.get() is not None:
            raise RuntimeError("a unit of work is open already; services join it, only entry points open one")
        with self._turn, Session(self.engine, expire_on_commit=False) as session:
            token = _unit.set(session)
            try:
                with session.begin():
                    yield session
            finally:
                _unit.reset(token)
        for callback in session.info.pop("after_commit", ()):
            callback()

    def group_commit(self, work: Callable[[Session], T]) -> T:
        if self.group is not None:
            return self.group(work)  # type: ignore[no-any-return]
        with self.unit_of_work() as session:
            return work(session)


_unit: ContextVar[Session | None] = ContextVar("unit_of_work", default=None)
_active: Database | None = None


def activate(config: Settings) -> Database:
    """Open the database of `config` for this process; an earlier one is closed."""
    global _active  # noqa: PLW0603 - one process has one database
    if _active is not None:
        _active.engine.dispose()
    _active = Database(config)
    return _active


def active() -> Database:
    """The open database; opened from the active settings at first use."""
    return _active if _active is not None else activate(settings.current())


def unit_of_work() -> AbstractContextManager[Session]:
    """The transaction of an entry point: commits at the end, rolls back on any exception. Services never open or commit one."""
    return active().unit_of_work()


def current_unit() -> Session | None:
    """The session of the open unit of work, if there is one."""
    return _unit.get()


@contextmanager
def read() -> Iterator[Connection]:
    """A connection without a transaction, for Core selects whose rows become plain values."""
    with active().reader.connect() as connection:
        yield connection


def group_commit(work: Callable[[Session], T]) -> T:
    """Run `work` in a transaction and return when it is durable; on SQLite many callers share one commit.

    `work` may be run twice (groupcommit.py), so it does nothing but write through its session.
    """
    return active().group_commit(work)


def savepoint(session: Session) -> SessionTransaction:
    """A nested transaction: an exception inside undoes only what was done inside."""
    return session.begin_nested()


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Call `callback` once the unit of `session` is durable; never when it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)


def one_of(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """`column` is one of `values`, which never change. SQLAlchemy writes an IN anew each time it runs; this is compiled once."""
    return or_(*(column == value for value in sorted(values)))


def upsert(table: Any) -> postgresql.Insert | sqlite.Insert:
    """An INSERT into `table`, a model or a Table, that can say ON CONFLICT."""
    return (postgresql.insert if dialect() == "postgresql" else sqlite.insert)(table)


def dialect() -> str:
    """`sqlite` or `postgresql`."""
    return active().dialect


@lru_cache(maxsize=8)
def _engine(address: str, pool_size: int, patience: timedelta) -> Engine:
    """One engine for an address, also when it is opened again: what was compiled for it stays of use."""
    url = make_url(address)
    common: dict[str, Any] = {
        "json_serializer": _dumps,
        "json_deserializer": orjson.loads,
        "pool_size": pool_size,
    }
    if url.get_backend_name() == "sqlite":
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        arguments = {"timeout": patience.total_seconds(), "check_same_thread": False}
        engine = create_engine(url, connect_args=arguments, max_overflow=32, **common)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    url = url.set(drivername="postgresql+psycopg")
    options = f"-c lock_timeout={int(patience.total_seconds() * 1000)} -c timezone=UTC"
    return create_engine(url, connect_args={"options": options}, pool_pre_ping=False, max_overflow=16, **common)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin and end where we say, not where the driver guesses
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "mmap_size=268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(_READ):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
