"""The media store: audio files in a folder, each under its account and its SHA-256, so that the name proves the content."""

from __future__ import annotations

import hashlib
import io
import math
import os
import wave
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from connect.core import settings

_RATE = 8000  # samples a second, as in telephony
_MIDDLE, _LOUDNESS = 128, 40


def put(account_id: UUID, content: bytes) -> str:
    """Keep `content`; its SHA-256 in hex. Putting the same again is harmless."""
    sha256 = hashlib.sha256(content).hexdigest()
    target = path(account_id, sha256)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, delete=False) as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(target)
    return sha256


def path(account_id: UUID, sha256: str) -> Path:
    """Where the file lies, or would lie."""
    return settings.current().data_dir / "media" / account_id.hex / sha256[:2] / sha256


@lru_cache(maxsize=64)
def tone(seconds: int, hertz: int) -> bytes:
    """A WAV file with an even tone: 8 kHz, one channel, 8 bits. `hertz` must divide 8000, so that every period is the same."""
    period, rest = divmod(_RATE, hertz)
    if rest:
        raise ValueError(f"{hertz} does not divide {_RATE}")
    wave_form = bytes(_MIDDLE + round(_LOUDNESS * math.sin(math.tau * n / period)) for n in range(period))
    packed = io.BytesIO()
    with wave.open(packed, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(_RATE)
        file.writeframes(wave_form * (seconds * hertz))
    return packed.getvalue()
