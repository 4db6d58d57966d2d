"""Signatures by Standard Webhooks: v1, HMAC-SHA256 over `id.timestamp.body`, one per live secret.

Secrets are `whsec_` + base64 of 32 random bytes; they rest sealed, since signing needs them in the clear.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from connect.core import ids, keyring

PREFIX = "whsec_"
_PURPOSE = "endpoint-secret"
_BYTES = 32


def new_secret() -> str:
    """A secret, to be shown once."""
    return PREFIX + base64.b64encode(ids.random_bytes(_BYTES)).decode()


def seal(secret: str, endpoint_id: UUID) -> bytes:
    """The secret's form at rest, bound to its endpoint."""
    return keyring.seal(_PURPOSE, base64.b64decode(secret.removeprefix(PREFIX)), aad=endpoint_id.bytes)


def unseal(sealed: bytes, endpoint_id: UUID) -> bytes:
    """The key of a sealed secret. Raises ValueError when it belongs to another endpoint or master key."""
    return keyring.unseal(_PURPOSE, sealed, aad=endpoint_id.bytes)


def headers(keys: Iterable[bytes], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a delivery sent `at`; the id is the same over all its attempts."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((webhook_id.encode(), timestamp.encode(), body))
    signatures = [f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys]
    return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}
