"""The receipt of an act on a grant: a view of its ledger entry, with what lets anyone check that nothing was changed since."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apps_registry.queries import AppPage
from connect.accounts.queries import AccountLine
from connect.core import clock, database, ids, settings
from connect.grants.queries import GrantView, VersionView
from connect.ledger import queries as ledger


def document(grant: GrantView, version: VersionView, app: AppPage, account: AccountLine) -> dict[str, Any]:
    """The receipt as JSON; its parts are those of ISO/IEC TS 27560 (header, processing, parties, events)."""
    with database.read() as connection:
        found = ledger.locate(connection, version.entry_id)
    return {
        "receipt": f"{ids.encode('grant', grant.id)}/{version.version}",
        "issuer": settings.current().base_url,
        "at": clock.text(version.at),
        "event": version.event,
        "parties": {
            "account": {"id": ids.encode("acc", account.id), "name": account.name},
            "app": {"client_id": app.client_id, "name": app.name, "developer": app.legal_developer},
            "privacy_policy_url": app.privacy_policy_url,
        },
        "granted": version.scopes,
        "refused": version.refused,
        "terms": version.terms,
        "expires_at": clock.text(version.expires_at),
        "notice_hash": version.notice_hash,
        "policy_hash": version.policy_hash,
        "catalogue_version": found.entry.members.get("catalogue_version") if found else None,
        "ledger": {
            "entry": ids.encode("entry", version.entry_id),
            "commitment": found.commitment.hex() if found and found.commitment else None,
            "leaf_index": found.leaf_index if found else None,
        },
    }


def page(receipt: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of the document as it stands there."""
    policy_url = receipt["parties"]["privacy_policy_url"]
    return {
        "number": receipt["receipt"],
        "at": clock.parse(receipt["at"]),
        "account": receipt["parties"]["account"]["name"],
        "app": receipt["parties"]["app"]["name"],
        "developer": receipt["parties"]["app"]["developer"],
        "privacy_policy_url": policy_url,
        "privacy_host": urlsplit(policy_url).hostname or "",
        "policy_hash": receipt["policy_hash"],
        "notice_hash": receipt["notice_hash"],
        "catalogue_version": receipt["catalogue_version"],
        "entry_id": receipt["ledger"]["entry"],
        "commitment": receipt["ledger"]["commitment"],
    }
