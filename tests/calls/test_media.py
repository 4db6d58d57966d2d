"""The media store: a file's name proves its content."""

from __future__ import annotations

import hashlib
import io
import wave
from uuid import UUID

import pytest

from connect.calls import media
from connect.core.settings import Settings

ACCOUNT = UUID(int=1)


@pytest.fixture
def dialect() -> str:
    """Files only; nothing here touches a database."""
    return "sqlite"


def test_a_file_lies_under_its_account_and_its_digest(settings: Settings) -> None:
    sha256 = media.put(ACCOUNT, b"sound")
    path = media.path(ACCOUNT, sha256)
    assert sha256 == hashlib.sha256(b"sound").hexdigest() == path.name
    assert path.read_bytes() == b"sound" and path.is_relative_to(settings.data_dir)
    assert not media.path(UUID(int=2), sha256).exists()


def test_the_same_content_again_is_the_same_file(settings: Settings) -> None:
    assert media.put(ACCOUNT, b"sound") == media.put(ACCOUNT, b"sound")
    assert [path for path in (settings.data_dir / "media").rglob("*") if path.is_file()] == [
        media.path(ACCOUNT, media.put(ACCOUNT, b"sound"))
    ]


def test_a_tone_is_a_wav_file_of_its_length() -> None:
    with wave.open(io.BytesIO(media.tone(5, 400))) as file:
        assert (file.getnframes() / file.getframerate(), file.getnchannels(), file.getframerate()) == (5.0, 1, 8000)
        assert len(set(file.readframes(20))) > 5


def test_a_tone_that_would_not_be_even_is_refused() -> None:
    with pytest.raises(ValueError, match="441 does not divide 8000"):
        media.tone(5, 441)
