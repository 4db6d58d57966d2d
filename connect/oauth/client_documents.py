"""Client ids that are addresses: the document that stands there describes the app (CIMD, draft-ietf-oauth-client-id-metadata-document).

Nobody registers anything. The first request that names such a client id has the document fetched; its content becomes an app of the
registry and is taken for true for a while. What goes wrong is not remembered: the next request asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask_babel import gettext as _

from apps_registry import metadata, unverified
from apps_registry.errors import RegistryError
from apps_registry.metadata import Metadata
from connect.core import clock, database, limits, log, settings
from connect.core.egress import documents
from connect.core.egress.errors import EgressError

SCHEME = "https://"  # no client id of ours begins so
LONGEST = 255  # characters; it is shown to people
_SHARED_SECRETS = ("client_secret", "client_secret_expires_at")

logger = log.get("client documents")


class DocumentRefused(Exception):
    """The client id or its document is of no use; the text says why, for the person at the browser and for the developer."""


def bring_up_to_date(client_id: str, address: str) -> None:
    """Have the registry say what the document at `client_id` says, unless that was looked at lately. Any other client id passes.

    `address` is where the request came from, for the limit. It is called outside a transaction: it waits for another host. Raises
    DocumentRefused, Problem too-many-requests.
    """
    config = settings.current()
    if not client_id.startswith(SCHEME) or not config.client_documents or _fresh(client_id):
        return
    host = _checked(client_id).hostname or ""
    for limited in (f"from {address}", f"to {host}"):
        limits.hit("client document", limited, config.client_document_rate)
    try:
        found = documents.fetch(client_id, limit=config.client_document_limit)
    except EgressError as error:
        logger.info("client document refused", reason=error.reason)
        raise _refused(str(error)) from error
    given, until = _read(client_id, found.members), clock.now() + _kept(found.max_age)
    with database.unit_of_work() as session:
        unverified.describe(session, client_id, given, until)


def _fresh(client_id: str) -> bool:
    with database.read() as connection:
        known = unverified.known(connection, client_id)
    return known is not None and known.fresh_until is not None and known.fresh_until > clock.now()


def _checked(client_id: str) -> SplitResult:
    """The parts of a client id that keeps the rules of CIMD 3; core.egress has its own for what may be called at all."""
    try:
        parts = urlsplit(client_id)
    except ValueError as error:
        raise _refused(_("the client id is not an address")) from error
    if len(client_id) > LONGEST:
        raise _refused(_("the client id may have %(n)d characters", n=LONGEST))
    if parts.path in {"", "/"}:
        raise _refused(_("the client id needs a path, such as /client.json"))
    if {".", ".."} & set(parts.path.lower().replace("%2e", ".").split("/")):
        raise _refused(_("the path of the client id may not hold “.” or “..”"))
    return parts


def _read(client_id: str, members: Mapping[str, Any]) -> Metadata:
    """What the document says of the app (CIMD 4.1)."""
    if members.get("client_id") != client_id:
        raise _refused(_("its client_id must be the address it stands at, character by character"))
    if any(name in members for name in _SHARED_SECRETS):
        raise _refused(_("it is open to all, so it may not hold a client_secret"))
    named = {"client_name": urlsplit(client_id).hostname} | {k: v for k, v in members.items() if v is not None}
    try:
        return metadata.read(named, of_document=True)
    except RegistryError as error:
        raise _refused(str(error)) from error


def _kept(max_age: timedelta | None) -> timedelta:
    """For how long a document is taken for true: as its host says, within bounds."""
    config = settings.current()
    return min(max(max_age or timedelta(), config.client_document_least), config.client_document_most)


def _refused(why: str) -> DocumentRefused:
    return DocumentRefused(_("The app's description of itself cannot be used. Tell its developer: %(why)s.", why=why))
