"""Recordings of made-up calls: even tones of a few lengths, so that a thousand recordings need a dozen files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from connect.calls.incoming import RecordingIn
from connect.calls.kinds import RecordingKind
from connect.calls.media import tone

_LENGTHS_S = (5, 10, 15, 20, 25, 30)
_HERTZ = {RecordingKind.RECORDING: 400, RecordingKind.VOICEMAIL: 500}
_KEPT = timedelta(days=180)


def tones() -> Iterator[bytes]:
    """Every file that a made-up recording may name; put them into the media store first."""
    return (tone(seconds, hertz) for hertz in _HERTZ.values() for seconds in _LENGTHS_S)


def recording(kind: RecordingKind, seconds: int, made_at: datetime, heard: bool | None = None) -> RecordingIn:
    """A recording of about `seconds`, at most half a minute."""
    length = max((each for each in _LENGTHS_S if each <= seconds), default=_LENGTHS_S[0])
    return RecordingIn(kind, length, _sha256(length, _HERTZ[kind]), heard=heard, expires_at=made_at + _KEPT)


@cache
def _sha256(seconds: int, hertz: int) -> str:
    return hashlib.sha256(tone(seconds, hertz)).hexdigest()
