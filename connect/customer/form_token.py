"""What a consent form was shown for, under a MAC: a yes counts only for exactly that.

The token carries its parts in clear, so that a page shown again can say which of them changed; the MAC keeps them from being made up.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import astuple, dataclass
from uuid import UUID

import orjson
from flask_babel import gettext as _

from connect.core import keyring


@dataclass(frozen=True)
class Shown:
    """Everything that must be the same when the answer arrives. `grant_version` is 0 where no grant stood."""

    request_id: UUID
    session_id: UUID
    person_id: UUID
    account_id: UUID
    app_version_id: UUID
    grant_version: int
    catalogue_version: str
    notice_hash: str


def make(shown: Shown) -> str:
    """The token for a page."""
    plain = orjson.dumps([str(part) for part in astuple(shown)])
    return base64.urlsafe_b64encode(_mac(plain) + plain).decode()


def changes(token: str, now: Shown) -> list[str]:
    """What changed between the page of `token` and now, in sentences; empty when nothing did. A forged token says so too."""
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except ValueError:
        return [_("The page was not complete.")]
    mac, plain = raw[:32], raw[32:]
    if not hmac.compare_digest(mac, _mac(plain)):
        return [_("The page was not made here.")]
    before, after = orjson.loads(plain), [str(part) for part in astuple(now)]
    names = Shown.__dataclass_fields__
    return list(
        dict.fromkeys(_sentence(name) for name, one, other in zip(names, before, after, strict=True) if one != other)
    )


def _mac(plain: bytes) -> bytes:
    return keyring.mac("consent-form", plain)


def _sentence(name: str) -> str:
    return {
        "request_id": _("This is another request."),
        "session_id": _("You signed in again in between."),
        "person_id": _("Another person is signed in now."),
        "account_id": _("You now work for another business."),
        "app_version_id": _("The app changed what it asks for."),
        "grant_version": _("Somebody changed this connection in between."),
    }.get(name, _("The wording of the page changed."))
