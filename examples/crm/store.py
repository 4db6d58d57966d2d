"""What the CRM keeps: a token per workspace, and the webhook deliveries it received. One SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS connection (
    workspace TEXT PRIMARY KEY,
    token TEXT,               -- JSON; NULL once disconnected
    grant_id TEXT NOT NULL,
    account TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS delivery (
    id TEXT PRIMARY KEY,      -- the webhook-id: a repeated delivery is stored once
    type TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
"""


@dataclass(frozen=True)
class Connection:
    """A workspace's link to a customer of VoiceTree. `token` is None after it was disconnected."""

    workspace: str
    token: dict[str, Any] | None
    grant_id: str
    account: str


class Store:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._open() as database:
            database.executescript(_TABLES)

    def connection(self, workspace: str) -> Connection | None:
        with self._open() as database:
            row = database.execute("SELECT * FROM connection WHERE workspace = ?", (workspace,)).fetchone()
        return row and Connection(row[0], row[1] and json.loads(row[1]), row[2], row[3])

    def connect(self, link: Connection) -> None:
        row = (link.workspace, json.dumps(link.token), link.grant_id, link.account)
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO connection VALUES (?, ?, ?, ?)", row)

    def keep_token(self, workspace: str, token: dict[str, Any] | None) -> None:
        text = None if token is None else json.dumps(token)
        with self._open() as database:
            database.execute("UPDATE connection SET token = ? WHERE workspace = ?", (text, workspace))

    def receive(self, webhook_id: str, event: dict[str, Any]) -> bool:
        """Store a delivery. False when it had come before: deliveries are made at least once."""
        row = (webhook_id, event["type"], event.get("grant", ""), json.dumps(event, indent=2, ensure_ascii=False))
        with self._open() as database:
            insert = "INSERT OR IGNORE INTO delivery (id, type, grant_id, body) VALUES (?, ?, ?, ?)"
            return database.execute(insert, row).rowcount == 1

    def deliveries(self, grant_id: str, limit: int = 50) -> list[dict[str, Any]]:
        """The newest deliveries about one grant."""
        query = "SELECT id, type, body, received_at FROM delivery WHERE grant_id = ? ORDER BY received_at DESC, id DESC LIMIT ?"
        with self._open() as database:
            rows = database.execute(query, (grant_id, limit)).fetchall()
        return [dict(zip(("id", "type", "body", "received_at"), row, strict=True)) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._path, timeout=10)
        try:
            with database:
                yield database
        finally:
            database.close()
