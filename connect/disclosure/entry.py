"""The ledger entry of a disclosure: the body's members and one line per record."""

from __future__ import annotations

from connect.core import ids
from connect.disclosure.context import Context
from connect.disclosure.rows import Rows
from connect.ledger import entries
from connect.ledger.entries import Draft


def fields(rows: Rows) -> tuple[str, ...]:
    """The fields that left, those of nested rows with the member's name before them."""
    own = rows.projection.names
    nested = [
        f"{member}.{name}"
        for member, children in rows.nested.items()
        for child in _first(children)
        for name in child.projection.names
    ]
    return (*own, *nested)


def draft(context: Context, rows: Rows, *, sha256: str, size: int, status: int) -> Draft:
    """The entry of `rows` leaving as bytes of that SHA-256 and size."""
    return entries.disclosure(
        account_id=context.account_id,
        app_id=context.app_id,
        grant_id=context.grant_id,
        grant_version=context.grant_version,
        person_id=context.person_id,
        token_ref=ids.encode("tok", context.token_id) if context.token_id else None,
        channel=context.channel,
        recipient_kind=context.recipient_kind,
        recipient=str(ids.encode("rcp", context.recipient_id)),
        scopes=sorted(context.scopes),
        purpose=dict(context.purposes),
        legal_basis=context.legal_basis,
        operation=context.operation,
        status=status,
        request_id=context.request_id,
        attempt=context.attempt,
        resource=rows.resource,
        count=len(rows),
        fields=list(fields(rows)),
        masks={field.name: field.mask for field in rows.projection.fields if field.mask},
        catalogue_version=context.catalogue_version,
        lines=list(_lines(rows)),
        bytes_sent=size,
        sha256=sha256,
        address_digest=_digest("address", context.address),
        agent_digest=_digest("agent", context.agent),
    )
