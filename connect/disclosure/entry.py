"""The ledger entry of a disclosure: the body's members and one line per record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from connect.core import ids, keyring
from connect.disclosure.context import Context
from connect.disclosure.rows import Keys, Rows
from connect.ledger import entries
from connect.ledger.entries import Draft
from connect.scopes.catalogue import RESOURCES

_RECIPIENT_PREFIX = {"app": "app", "person": "psn"}
OWN, NESTED = 0, 1  # which of the body's field sets a line shows


def field_sets(rows: Rows) -> list[list[str]]:
    """Fields of the rows, and of each kind of nested rows with the member's name before them."""
    nested = [
        [f"{member}.{name}" for name in one.projection.names]
        for member, kind in rows.nested.items()
        for one in _first(kind)
    ]
    return [list(rows.projection.names), *nested]


def draft(context: Context, rows: Rows, *, sha256: str, size: int, status: int) -> Draft:
    """The entry of `rows` leaving as bytes of that SHA-256 and size."""
    sets = field_sets(rows)
    return entries.disclosure(
        channel=context.channel,
        account_id=context.account_id,
        recipient_kind=context.recipient_kind,
        recipient=ids.encode(_RECIPIENT_PREFIX[context.recipient_kind], context.recipient_id),
        operation=context.operation,
        resource=rows.resource,
        count=len(rows),
        fields=[name for one in sets for name in one],
        field_sets=sets if len(sets) > 1 else None,
        masks=rows.projection.masks,
        catalogue_version=context.catalogue_version,
        bytes_sent=size,
        sha256=sha256,
        lines=list(_lines(rows)),
        app_id=context.app_id,
        grant_id=context.grant_id,
        grant_version=context.grant_version,
        person_id=context.person_id,
        token_ref=ids.encode("tok", context.token_id) if context.token_id else None,
        scopes=sorted(rows.projection.scopes),
        purpose={scope: words for scope, words in context.purposes if scope in rows.projection.scopes and words},
        legal_basis=context.legal_basis,
        status=status,
        request_id=context.request_id,
        attempt=context.attempt,
        asked=_asked(context),
        address_digest=_digest("address", context.address),
        address_block_digest=_digest("address-block", _block(context.address)),
        agent_digest=_digest("agent", context.agent),
    )


def _lines(rows: Rows) -> Iterator[dict[str, Any]]:
    """A line per record, its nested records after it."""
    for keys in rows.keys:
        yield _line(rows.resource, keys, OWN)
        for place, kind in enumerate(rows.nested.values()):
            if keys.record_id in kind:
                yield from (
                    _line(kind[keys.record_id].resource, inner, NESTED + place) for inner in kind[keys.record_id].keys
                )


def _line(resource: str, keys: Keys, fields: int) -> dict[str, Any]:
    return {
        "id": ids.encode(RESOURCES[resource].id_prefix or resource, keys.record_id),
        "number": ids.encode("num", keys.number_id) if keys.number_id else None,
        "department": ids.encode("dep", keys.department_id) if keys.department_id else None,
        "set": fields,
        "subject": subject_digest(keys.subject_salt, keys.subject_e164),
    }


def subject_digest(salt: bytes | None, e164: str | None) -> str | None:
    """What a line says of a caller: salted, so that erasing the salt makes it say nothing."""
    return hashlib.sha256(salt + e164.encode()).hexdigest() if salt and e164 else None


def asked_digest(value: str) -> str:
    """What the entry says of a value that was asked for; keyed, since a number that was not found has no salt."""
    return keyring.mac("ledger-asked", value.encode()).hex()


def _asked(context: Context) -> dict[str, str] | None:
    return {name: asked_digest(value) for name, value in context.asked} or None


def _digest(purpose: str, value: str) -> str | None:
    return keyring.mac(f"ledger-{purpose}", value.encode()).hex() if value else None


def _block(address: str) -> str:
    """The network an address is in: the first three parts of IPv4, the first four groups of IPv6."""
    separator, parts = (":", 4) if ":" in address else (".", 3)
    return separator.join(address.split(separator)[:parts])


def _first(kind: Any) -> Sequence[Rows]:
    return list(kind.values())[:1]
