"""Rows in the bank's format, written for the tests."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from connect.calls.importers import bank_1999
from connect.calls.importers.parsed import Parsed

ACCOUNT = UUID(int=1)

ANSWERED = {
    "vru+line": "ZZ01", "call_id": "1", "customer_id": "700", "priority": "2", "type": "PS", "date": "990310",
    "vru_entry": "9:00:00", "vru_exit": "9:00:10", "vru_time": "10",
    "q_start": "9:00:10", "q_exit": "9:01:00", "q_time": "50",
    "outcome": "AGENT", "ser_start": "9:00:59", "ser_exit": "9:03:00", "ser_time": "121", "server": "NOAM",
}  # fmt: skip
NOT_QUEUED = {"q_start": "0:00:00", "q_exit": "0:00:00", "q_time": "0"}
NOT_SERVED = {"ser_start": "0:00:00", "ser_exit": "0:00:00", "ser_time": "0", "server": "NO_SERVER"}
HUNG_UP = NOT_SERVED | {"outcome": "HANG"}


def row(**changes: str) -> str:
    """An answered row with some cells changed."""
    return "\t".join((ANSWERED | changes).values())


def text(*rows: str, header: str = "\t".join(bank_1999.HEADER)) -> bytes:
    return "".join(f"{line}\r\n" for line in (header, *rows)).encode()


def parsed(folder: Path, *rows: str) -> Parsed:
    path = folder / "calls.tsv"
    path.write_bytes(text(*rows))
    return bank_1999.parse(path, ACCOUNT)
