"""Rows to records: ids as text, masks applied, the caller's reference made for this one app."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any

from connect.core import ids, keyring
from connect.disclosure.context import Context
from connect.disclosure.rows import Rows
from connect.scopes.encode import compile_encoder


def encode(context: Context, rows: Rows) -> list[dict[str, Any]]:
    """The records of `rows`, as `context`'s recipient may see them, nested rows inside."""
    records = compile_encoder(rows.projection)(rows.values)
    if "caller_ref" in rows.projection.names:
        _refer(context, rows, records)
    for member, children in rows.nested.items():
        for record, keys in zip(records, rows.keys, strict=True):
            record[member] = encode(context, children[keys.record_id]) if keys.record_id in children else []
    return records


def _refer(context: Context, rows: Rows, records: list[dict[str, Any]]) -> None:
    key = _reference_key(context)
    for record, keys in zip(records, rows.keys, strict=True):
        record["caller_ref"] = _reference(key, keys.subject_id)


def _reference_key(context: Context) -> bytes:
    return keyring.key(f"caller-ref/{context.account_id}/{context.app_id or context.recipient_id}")


@lru_cache(maxsize=1 << 14)  # callers call again
def _reference(key: bytes, subject_id: bytes | None) -> str | None:
    """The same for one app and account, another for every other app, so that apps cannot join what they hold on callers."""
    if subject_id is None:
        return None
    return ids.encode_number("caller", int.from_bytes(hmac.digest(key, subject_id, "sha256")[:16]))
