"""A secret on its way from the form that made it to the page that shows it, once.

It travels in the session's cookie, sealed, so that the page after the form can be reloaded without making another secret, and
neither the cookie nor the database holds one that anybody else can read.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from flask import session

from connect.accounts.guards import person
from connect.core import keyring

_PURPOSE = "shown-once"


def keep(subject: UUID, secret: str) -> None:
    """Show `secret` on the next page about `subject` (an app, an endpoint)."""
    session[_PURPOSE] = urlsafe_b64encode(keyring.seal(_PURPOSE, secret.encode(), _binding(subject))).decode()


def take(subject: UUID) -> str | None:
    """The secret kept for `subject`, once; None where there is none."""
    box = session.pop(_PURPOSE, None)
    if box is None:
        return None
    try:
        return keyring.unseal(_PURPOSE, urlsafe_b64decode(box), _binding(subject)).decode()
    except ValueError:  # of another app, or of a session before
        return None


def _binding(subject: UUID) -> bytes:
    return subject.bytes + person().session_id.bytes
