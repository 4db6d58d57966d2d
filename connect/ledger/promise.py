"""The promise that an answer carries: `Ledger-Entry: id; commitment; signature`.

Between commit and sealing, for a second or so, an entry is in no tree yet. Whoever received an answer holds a signed statement that its
entry was written, so an entry deleted in that time is missed by somebody outside. The key is another than the log's, since each web
process uses it.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from connect.core import database, ids, keyring
from connect.core.database import Database
from connect.ledger import note
from connect.ledger.services import Appended

HEADER = "Ledger-Entry"
PURPOSE = "ledger-promise"
_TEXT = "vtc-promise/1\n{entry}\n{commitment}\n"


def header(appended: Appended) -> str:
    """The value of the header for an entry that is durable."""
    entry, commitment = ids.encode("entry", appended.id), _base64(appended.commitment)
    signature = _key(database.active()).sign(_TEXT.format(entry=entry, commitment=commitment).encode())
    return f"{entry}; {commitment}; {_base64(signature)}"


def verifier_key(origin: str) -> str:
    """The key of promises as `/ledger/keys` lists it, under the name `<origin>/promise`."""
    return note.verifier_key(f"{origin}/promise", _key(database.active()).public_key())


def holds(value: str, key: Ed25519PublicKey) -> bool:
    """Whether a kept header is a promise that `key` signed."""
    try:
        entry, commitment, signature = value.split("; ")
        key.verify(base64.b64decode(signature), _TEXT.format(entry=entry, commitment=commitment).encode())
    except (ValueError, InvalidSignature):
        return False
    return True


@lru_cache(maxsize=2)
def _key(_database: Database) -> Ed25519PrivateKey:
    """Read once per open database: every answer with data is signed."""
    return keyring.signing_key(PURPOSE, database.current_unit())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
