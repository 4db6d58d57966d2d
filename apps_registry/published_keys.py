"""The keys of apps that publish them at an address of their own. Each process keeps what it read for a while.

How long is the setting published_keys_life. A kid that is not among them has the set read again before that, since the app may have a
new key. Whatever asks for it, an address is called once in a pause at most (setting published_keys_pause), so that nobody can have us
flood it. An error is not kept in the place of keys: what was read before holds until its time is over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from apps_registry.errors import FieldError, RegistryError
from connect.core import clock, log, public_keys, settings
from connect.core.egress import documents
from connect.core.egress.errors import EgressError
from connect.core.public_keys import PublicKey

_WAIT = 1.0  # seconds for which a thread waits while another one reads the same address
_LARGEST = 32_768  # bytes
_MOST = 500  # addresses whose keys are kept

_log = log.get(__name__)


class Unreadable(RegistryError):
    """There are no keys at the address."""

    def __init__(self, why: str) -> None:
        super().__init__(FieldError("jwks_uri", _("No keys can be read there: %(why)s.", why=why)))


@dataclass
class _Source:
    """What is known of an address; `turn` is held by the thread that reads it."""

    keys: tuple[PublicKey, ...] = ()
    read_at: datetime | None = None
    tried_at: datetime | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, now: datetime) -> bool:
        return self.read_at is not None and now - self.read_at < settings.current().published_keys_life

    def knows(self, kid: object, now: datetime) -> bool:
        return self.fresh(now) and (kid is None or any(key.kid == kid for key in self.keys))

    def rested(self, now: datetime) -> bool:
        return self.tried_at is None or now - self.tried_at >= settings.current().published_keys_pause


_lock = threading.Lock()
_sources: OrderedDict[str, _Source] = OrderedDict()


def of(uri: str, kid: object) -> tuple[PublicKey, ...]:
    """The keys at `uri`, from which somebody wants the one called `kid`; none where they cannot be had now."""
    source, now = _source(uri), clock.now()
    if source.knows(kid, now):
        return source.keys
    if source.turn.acquire(timeout=0 if source.fresh(now) else _WAIT):
        try:
            if not source.knows(kid, now) and source.rested(now):
                _renew(source, uri, now)
        finally:
            source.turn.release()
    return source.keys if source.fresh(now) else ()


def read(uri: str) -> tuple[PublicKey, ...]:
    """The keys that stand at `uri` at this moment. Raises Unreadable."""
    try:
        return public_keys.useful_of_set(documents.fetch(uri, limit=_LARGEST).members)
    except (EgressError, ValueError) as error:
        raise Unreadable(str(error)) from error


def forget() -> None:
    """Keep nothing of what was read (tests)."""
    with _lock:
        _sources.clear()


def _source(uri: str) -> _Source:
    with _lock:
        source = _sources.setdefault(uri, _Source())
        _sources.move_to_end(uri)
        if len(_sources) > _MOST:
            _sources.popitem(last=False)
        return source


def _renew(source: _Source, uri: str, now: datetime) -> None:
    source.tried_at = now
    try:
        source.keys = read(uri)
        source.read_at = now
    except Unreadable as error:
        _log.info("the keys of an app cannot be read", why=str(error))
