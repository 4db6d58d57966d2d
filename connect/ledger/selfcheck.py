"""The log's check of itself, run from time to time and on demand; the last result is kept for the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from connect.core import clock, database
from connect.core.database import Base, UtcDateTime
from connect.ledger.check import CheckReport, Progress, check
from connect.ledger.models import LOG


class LedgerSelfCheck(Base):
    """The last check of a log: whether all was as sealed, in words, and the first entry that was not."""

    __tablename__ = "ledger_self_check"

    log_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ok: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    entry: Mapped[str | None] = mapped_column(String(40))


@dataclass(frozen=True, slots=True)
class Checked:
    """A result; `entry` is the text id of the first entry that does not hold."""

    at: datetime
    ok: bool
    words: str
    entry: str | None


def look(progress: Progress = lambda _done, _all: None) -> CheckReport:
    """Check everything. It takes long, so it is done before a transaction is opened to keep the result."""
    with database.read() as connection:
        return check(connection, progress)


def keep(session: Session, report: CheckReport) -> Checked:
    """Keep the result for the console, in the transaction of `session`."""
    first = next((finding.entry for finding in report.findings if finding.entry), None)
    done = Checked(clock.now(), report.ok, _words(report), first)
    session.merge(LedgerSelfCheck(log_id=LOG, at=done.at, ok=done.ok, words=done.words, entry=done.entry))
    return done


def last() -> Checked | None:
    """The kept result; None before the first check."""
    columns = (LedgerSelfCheck.at, LedgerSelfCheck.ok, LedgerSelfCheck.words, LedgerSelfCheck.entry)
    with database.read() as connection:
        row = connection.execute(select(*columns).where(LedgerSelfCheck.log_id == LOG)).one_or_none()
    return None if row is None else Checked(*row)


def _words(report: CheckReport) -> str:
    if report.ok:
        return f"{report.entries} entries and {report.tiles} tiles checked against {report.checkpoints} checkpoints."
    shown = "; ".join(f"{finding.entry or 'the log'}: {finding.what}" for finding in report.findings[:3])
    more = len(report.findings) - 3
    return f"{shown}; and {more} more." if more > 0 else f"{shown}."
