"""Nonces for DPoP proofs (RFC 9449 8, 9): with the time in them and a MAC over it, so that no process has to remember one.

Authorization server and API are one origin, and clients keep a nonce by origin, so both take the same.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

from flask import Response, after_this_request

from connect.core import keyring, settings

HEADER = "DPoP-Nonce"
_PURPOSE, _TIME, _TAG = "dpop-nonce", 5, 16
_LENGTH = 28  # characters of base64url for both


def demanded(profile: str) -> bool:
    """Whether apps of that profile, standard or fapi, have to put a nonce into their proofs (setting dpop_nonce)."""
    when = settings.current().dpop_nonce
    return when in {"always", profile}


def make(now: datetime) -> str:
    """A nonce that may be used for as long as setting dpop_nonce_life says."""
    at = int(now.timestamp()).to_bytes(_TIME)
    return base64.urlsafe_b64encode(at + keyring.mac(_PURPOSE, at)[:_TAG]).decode()


def offer(now: datetime) -> None:
    """Put a new nonce on the answer to the present request, so that a client always has one for the next (RFC 9449 8.2)."""

    @after_this_request
    def add(response: Response) -> Response:
        response.headers.setdefault(HEADER, make(now))
        return response


def fresh(text: object, now: datetime) -> bool:
    """Whether `text` is a nonce of ours that may still be used at `now`."""
    if not isinstance(text, str) or not text.isascii() or len(text) != _LENGTH:
        return False
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError:
        return False
    at, tag = raw[:_TIME], raw[_TIME:]
    if not hmac.compare_digest(tag, keyring.mac(_PURPOSE, at)[:_TAG]):
        return False
    config, age = settings.current(), now.timestamp() - int.from_bytes(at)
    return -config.proof_leeway.total_seconds() <= age <= config.dpop_nonce_life.total_seconds()
