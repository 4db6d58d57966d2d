"""The ledger entry of a disclosure: the body's members and one line per record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network

from connect.core import ids, keyring
from connect.disclosure.context import Context
from connect.disclosure.rows import Keys, Rows
from connect.ledger import entries
from connect.ledger.entries import Draft
from connect.ledger.lines import RecordLine
from connect.scopes.catalogue import RESOURCES, Projection

_RECIPIENT_PREFIX = {"app": "app", "person": "psn"}
_OWN = 0  # the first of the body's field sets is that of the rows themselves


@dataclass(frozen=True)
class Shown:
    """What left of rows and of the rows inside them: a set of fields for each kind, masks, and the scopes that showed them.

    `places` says which of `sets` belongs to the rows of a member.
    """

    sets: list[list[str]]
    places: dict[str, int]
    masks: dict[str, str]
    scopes: frozenset[str]


def shown(rows: Rows) -> Shown:
    """Fields of nested rows have the member's name before them, such as `legs.result`."""
    own = rows.projection
    left = Shown([list(own.names)], {}, own.masks, own.scopes)
    for member, kind in rows.nested.items():
        inside = next(iter(kind.values()), None)
        if inside is not None:
            left = _with(left, member, inside.projection)
    return left


def _with(outer: Shown, member: str, inner: Projection) -> Shown:
    return Shown(
        [*outer.sets, [f"{member}.{name}" for name in inner.names]],
        outer.places | {member: len(outer.sets)},
        outer.masks | {f"{member}.{name}": mask for name, mask in inner.masks.items()},
        outer.scopes | inner.scopes,
    )


def draft(context: Context, rows: Rows, *, sha256: str, size: int, status: int) -> Draft:
    """The entry of `rows` leaving as bytes of that SHA-256 and size."""
    left = shown(rows)
    return entries.disclosure(
        channel=context.channel,
        account_id=context.account_id,
        recipient_kind=context.recipient_kind,
        recipient=_recipient(context),
        operation=context.operation,
        resource=rows.resource,
        count=len(rows),
        fields=[name for one in left.sets for name in one],
        field_sets=left.sets if len(left.sets) > 1 else None,
        masks=left.masks,
        catalogue_version=context.catalogue_version,
        bytes_sent=size,
        sha256=sha256,
        lines=list(_lines(rows, left.places)),
        app_id=context.app_id,
        grant_id=context.grant_id,
        grant_version=context.grant_version,
        person_id=context.person_id,
        token_ref=ids.encode("tok", context.token_id) if context.token_id else None,
        scopes=sorted(left.scopes),
        purpose={scope: words for scope, words in context.purposes if scope in left.scopes and words},
        legal_basis=context.legal_basis,
        status=status,
        request_id=context.request_id,
        attempt=context.attempt,
        asked={name: asked_digest(value) for name, value in rows.asked.items()} or None,
        address_digest=_digest("address", context.address),
        address_block_digest=_digest("address-block", _block(context.address)),
        agent_digest=_digest("agent", context.agent),
    )


def _recipient(context: Context) -> str:
    """The recipient's id in text form. Raises ValueError for a kind of recipient that has none here: nothing leaves then."""
    prefix = _RECIPIENT_PREFIX.get(context.recipient_kind)
    if prefix is None:
        raise ValueError(f"a recipient is of a kind among {sorted(_RECIPIENT_PREFIX)}, not {context.recipient_kind!r}")
    return ids.encode(prefix, context.recipient_id)


def _lines(rows: Rows, places: Mapping[str, int]) -> Iterator[RecordLine]:
    """A line per record, its nested records after it."""
    for keys in rows.keys:
        yield _line(rows.resource, keys, _OWN)
        for member, place in places.items():
            inside = rows.nested[member].get(keys.record_id)
            if inside is not None:
                yield from (_line(inside.resource, inner, place) for inner in inside.keys)


def _line(resource: str, keys: Keys, fields: int) -> RecordLine:
    return RecordLine(
        ids.encode(RESOURCES[resource].id_prefix or resource, keys.record_id),
        ids.encode("num", keys.number_id) if keys.number_id else None,
        ids.encode("dep", keys.department_id) if keys.department_id else None,
        fields,
        subject_digest(keys.subject_salt, keys.subject_e164),
    )


def subject_digest(salt: bytes | None, e164: str | None) -> str | None:
    """What a line says of a caller: salted, so that erasing the salt makes it say nothing."""
    return hashlib.sha256(salt + e164.encode()).hexdigest() if salt and e164 else None


def asked_digest(value: str) -> str:
    """What the entry says of a value that was asked for; keyed, since a number that was not found has no salt."""
    return keyring.mac("ledger-asked", value.encode()).hex()


def _digest(purpose: str, value: str) -> str | None:
    return keyring.mac(f"ledger-{purpose}", value.encode()).hex() if value else None


@lru_cache(maxsize=4096)
def _block(address: str) -> str:
    """The network an address is in, /24 or /64; nothing for what is no address."""
    try:
        width = 24 if ip_address(address).version == 4 else 64
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{width}", strict=False))
