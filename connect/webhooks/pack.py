"""From a claim to bodies that may leave: records pass the door, whose ledger entries are durable before anything is sent.

The entries of one claim share a commit. Where the door finds that a grant no longer stands, or that its terms no longer show the
record, the delivery's number goes out without data.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connect.core import database, ids, log
from connect.disclosure import made_up, reads
from connect.disclosure.context import Context
from connect.disclosure.errors import GrantMoved, OlderConsent
from connect.disclosure.release import Released, release
from connect.disclosure.rows import Rows
from connect.webhooks import claim, envelope, parcel
from connect.webhooks.envelope import Bare
from connect.webhooks.parcel import Parcel

_MOST_LEGS = 30  # of a call in a delivery; more stay behind a link, since a body should be under 20 kB

logger = log.get("webhooks")


@dataclass(frozen=True)
class Letter:
    """A parcel with its body. `withheld`: it carries its number alone. A body of None could not be made; the log says why."""

    parcel: Parcel
    body: Released | Bare | None
    withheld: bool = False

    @property
    def entry_id(self) -> UUID | None:
        """The ledger entry of what it discloses."""
        return self.body.entry.id if isinstance(self.body, Released) else None


def next_letters(limit: int) -> list[Letter]:
    """Claim up to `limit` due deliveries and make their bodies. When the ledger cannot be written the claim is given back."""
    with database.unit_of_work() as session:
        claimed = claim.claim(session, limit)
    if not claimed:
        return []
    try:
        drafts = [_draft(item) for item in parcel.collect(claimed)]
        with database.unit_of_work():
            return [_letter(item, rows) for item, rows in drafts]
    except (DBAPIError, PoolTimeoutError, OSError):
        with database.unit_of_work() as session:
            claim.give_back(session, claimed)
        raise


def _draft(item: Parcel) -> tuple[Parcel, Rows | Exception | None]:
    """The parcel with the rows its record consists of; read here, so that the transaction of the entries stays short."""
    if item.context is None or item.is_sample:
        return item, None
    try:
        return item, _rows(item.context, item.record_id)
    except OlderConsent:
        return item, None
    except (DBAPIError, PoolTimeoutError, OSError):
        raise
    except Exception as error:  # one delivery that cannot be made must not hold up the others
        return item, error


def _rows(context: Context, call_id: UUID) -> Rows | None:
    found = reads.call(context, call_id)
    if found is None or _legs(found) <= _MOST_LEGS:
        return found
    return Rows(found.projection, found.values, found.keys)


def _legs(rows: Rows) -> int:
    return sum(len(legs) for children in rows.nested.values() for legs in children.values())


def _letter(item: Parcel, rows: Rows | Exception | None) -> Letter:
    try:
        if isinstance(rows, Exception):
            raise rows
        return _filled(item, rows)
    except (DBAPIError, PoolTimeoutError, OSError):
        raise
    except Exception as error:
        logger.error(
            "delivery cannot be made", delivery_id=ids.encode("dlv", item.claimed.id), error=type(error).__name__
        )
        return Letter(item, None)


def _filled(item: Parcel, rows: Rows | None) -> Letter:
    if item.kind.thin:
        return Letter(item, envelope.thin(item.head, {"state": item.grant_state or "revoked"}, sample=item.is_sample))
    if item.context is not None and item.is_sample:
        return Letter(item, envelope.thin(item.head, made_up.calls(item.context)[0], sample=True))
    return _withheld(item) if item.context is None or rows is None else _released(item, item.context, rows)


def _released(item: Parcel, context: Context, rows: Rows) -> Letter:
    link = None if rows.nested else f"/v1/calls/{ids.encode('call', item.record_id)}"
    try:
        return Letter(item, release(context, rows, envelope.around(item.head, link)))
    except GrantMoved:
        return _withheld(item)


def _withheld(item: Parcel) -> Letter:
    return Letter(item, envelope.withheld(item.head), withheld=True)
