"""Call-centre log of a bank, 1999: 17 tab-separated columns, one row a call, local times of Asia/Jerusalem.

What the rows say that needs thought: a call id is unique only together with its line; a time past midnight belongs to the next day; a
queue or service that did not happen is written as zeros; some durations are negative; the exchange's clock runs a second or two behind
the menu's, so a service may start before the menu ended; some long customer ids were rounded by a spreadsheet (6.02701E+11).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from connect.calls.importers import cells
from connect.calls.importers.parsed import Emptied, Parsed, Refused
from connect.calls.importers.reading import FileError, lines
from connect.calls.incoming import AgentIn, CallIn, ContactIn, DepartmentIn, LegIn, NumberIn
from connect.calls.kinds import SHORT_ABANDON_S, Direction, LegResult, MissedReason, Status
from connect.calls.stand_ins import RANGE, StandIns

SOURCE = "bank-1999"
TIMEZONE = "Asia/Jerusalem"
HEADER = [
    *("vru+line", "call_id", "customer_id", "priority", "type", "date"),
    *("vru_entry", "vru_exit", "vru_time", "q_start", "q_exit", "q_time"),
    *("outcome", "ser_start", "ser_exit", "ser_time", "server"),
]
DEPARTMENTS = {
    "PS": DepartmentIn("Regular"),
    "NW": DepartmentIn("Prospects"),
    "NE": DepartmentIn("Stock exchange"),
    "IN": DepartmentIn("Internet help"),
    "PE": DepartmentIn("English"),
    "TT": DepartmentIn("Call back"),
}
OUTCOMES = ("AGENT", "HANG", "PHANTOM")
PRIORITIES = ("0", "1", "2")
NO_AGENT, NO_CUSTOMER, NOT_SERVED = "NO_SERVER", "0", "0:00:00"
PHANTOM_REASON = "PHANTOM: the exchange wrote a row without a call"

_ZONE = ZoneInfo(TIMEZONE)
_HALF_DAY, _DAY = 43_200, 86_400


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end in UTC, the duration as written (negative: cannot be true)."""

    start: datetime
    end: datetime
    written: int

    @property
    def seconds(self) -> int | None:
        return self.written if self.written >= 0 else None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read and checked. `queue` and `service` are None where they did not happen."""

    number: int
    line: str
    call_id: str
    customer: str
    priority: str
    type: str
    outcome: str
    agent: str
    vru: Span
    queue: Span | None
    service: Span | None

    @property
    def spans(self) -> Iterable[tuple[str, Span]]:
        named = (("vru_time", self.vru), ("q_time", self.queue), ("ser_time", self.service))
        return ((name, span) for name, span in named if span is not None)


def parse(path: Path, account_id: UUID) -> Parsed:
    """Read and check the whole file. Raises FileError naming the first line that is wrong."""
    rows = _rows(path)
    real = [row for row in rows if row.outcome != "PHANTOM"]
    return Parsed(
        rows=len(rows),
        calls=_Calls(account_id, real).all(),
        refused=tuple(Refused(row.number, PHANTOM_REASON) for row in rows if row.outcome == "PHANTOM"),
        emptied=tuple(Emptied(r.number, name, str(s.written)) for r in real for name, s in r.spans if s.written < 0),
        timezone=TIMEZONE,
        number_range=RANGE,
        remarks=Counter(remark for row in real for remark in _remarks(row)),
    )


def _remarks(row: Row) -> Iterable[str]:
    if row.outcome == "AGENT" and row.agent == NO_AGENT:
        yield "answered, but no agent is named"
    if row.outcome == "AGENT" and row.service is None:
        yield "answered, but without service times"
    if row.outcome == "AGENT" and row.service and row.service.start < row.vru.end:
        yield "service starts before the menu ended; times kept"
    if row.outcome == "HANG" and row.service:
        yield "hung up, service times left out"
    if "E+" in row.customer:
        yield "customer id rounded by a spreadsheet; taken as written"


def _rows(path: Path) -> list[Row]:
    reader = lines(path)
    _check_header(next(reader, (1, ""))[1])
    rows: list[Row] = []
    seen: dict[tuple[str, str], int] = {}
    for number, text in reader:
        row = _row(number, text)
        first = seen.setdefault((row.line, row.call_id), number)
        if first != number:
            raise FileError(number, f"call {row.call_id} of {row.line} stands in line {first} already")
        rows.append(row)
    return rows


def _check_header(text: str) -> None:
    found = text.split("\t")
    if found != HEADER:
        wrong = next((name for name in HEADER if name not in found), "their order")
        raise FileError(1, f"the header is not that of {SOURCE}: {len(HEADER)} columns expected, {wrong!r} not found")


def _row(number: int, text: str) -> Row:
    found = text.split("\t")
    if len(found) != len(HEADER):
        raise FileError(number, f"{len(HEADER)} columns expected, {len(found)} found")
    try:
        return _checked(number, dict(zip(HEADER, found, strict=True)))
    except ValueError as error:
        raise FileError(number, str(error)) from error


def _checked(number: int, cell: dict[str, str]) -> Row:
    day = _day("date", cell["date"])
    entry = cells.time_of_day("vru_entry", cell["vru_entry"])

    def at(name: str) -> datetime:
        return _at(day, entry, cells.time_of_day(name, cell[name]))

    def span(name: str, start: str, end: str) -> Span:
        return Span(at(start), at(end), cells.whole(name, cell[name]))

    vru, queue = span("vru_time", "vru_entry", "vru_exit"), span("q_time", "q_start", "q_exit")
    service = span("ser_time", "ser_start", "ser_exit")
    return Row(
        number=number,
        line=cells.word("vru+line", cell["vru+line"]),
        call_id=cells.word("call_id", cell["call_id"]),
        customer=cells.word("customer_id", cell["customer_id"]),
        priority=cells.choice("priority", cell["priority"], PRIORITIES),
        type=cells.choice("type", cell["type"], DEPARTMENTS),
        outcome=cells.choice("outcome", cell["outcome"], OUTCOMES),
        agent=cells.word("server", cell["server"]),
        vru=vru,
        queue=queue if queue.written else None,
        service=service if {cell["ser_start"], cell["ser_exit"]} != {NOT_SERVED} else None,
    )


_day = cache(cells.day)  # 28 days, 33,000 rows


def _at(day: datetime, entry: int, seconds: int) -> datetime:
    """A time of `day` in UTC; half a day or more before the call's entry means after midnight."""
    if seconds < entry - _HALF_DAY:
        seconds += _DAY
    return (day + timedelta(seconds=seconds)).replace(tzinfo=_ZONE).astimezone(UTC)


class _Calls:
    """Makes calls of rows: lines, agents and contacts are described once and shared."""

    def __init__(self, account_id: UUID, rows: list[Row]) -> None:
        self._rows = rows
        stand_ins = StandIns(account_id)
        self._lines = {
            line: NumberIn(stand_ins.of(f"line/{line}"), label=line) for line in sorted({row.line for row in rows})
        }
        customers = sorted({row.customer for row in rows} - {NO_CUSTOMER})
        self._callers = {customer: stand_ins.of(f"customer/{customer}") for customer in customers}
        self._contacts = {customer: ContactIn(customer, f"Customer {customer}") for customer in customers}
        self._agents = _agents(rows)

    def all(self) -> tuple[CallIn, ...]:
        return tuple(self._call(row) for row in self._rows)

    def _call(self, row: Row) -> CallIn:
        answered = row.outcome == "AGENT"
        service = row.service if answered else None
        end = (service or row.queue or row.vru).end
        status = Status.ANSWERED if answered else Status.ABANDONED_QUEUE if row.queue else Status.ABANDONED_IVR
        ivr_s = row.vru.seconds
        key = f"{row.line}-{row.call_id}"
        return CallIn(
            source=SOURCE,
            source_id=key,
            session_id=key,
            number=self._lines[row.line],
            direction=Direction.INBOUND,
            status=status,
            missed_reason=_missed_reason(status, row.queue),
            department=DEPARTMENTS[row.type],
            agent=self._agents.get(row.agent) if answered else None,
            caller=self._callers.get(row.customer),
            contact=self._contacts.get(row.customer),
            started_at=row.vru.start,
            queued_at=row.queue.start if row.queue else None,
            answered_at=service.start if service else None,
            ended_at=end,
            ivr_s=ivr_s,
            wait_s=row.queue.seconds if row.queue else 0,
            talk_s=service.seconds if service else 0,
            total_s=None if ivr_s is None else int((end - row.vru.start).total_seconds()),
            tags=() if row.priority == "0" else (f"priority-{row.priority}",),
            legs=self._legs(row, service),
        )

    def _legs(self, row: Row, service: Span | None) -> tuple[LegIn, ...]:
        if service is None:
            return ()
        agent = self._agents.get(row.agent)
        return (LegIn(agent, LegResult.ANSWERED, answer_at=service.start, end_at=service.end),)


def _agents(rows: list[Row]) -> dict[str, AgentIn]:
    types: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        types[row.agent].add(row.type)
    types.pop(NO_AGENT, None)
    return {
        name: AgentIn(name, name.title(), departments=tuple(DEPARTMENTS[type_] for type_ in sorted(types[name])))
        for name in sorted(types)
    }


def _missed_reason(status: Status, queue: Span | None) -> MissedReason | None:
    if status is Status.ANSWERED:
        return None
    if queue is None:
        return MissedReason.IN_IVR
    return MissedReason.SHORT_ABANDON if 0 <= queue.written <= SHORT_ABANDON_S else MissedReason.NO_AGENT
