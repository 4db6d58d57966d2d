"""Reading a source file line by line, plain or gzip, so that whatever is wrong with it is said with its line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"


class FileError(Exception):
    """The file cannot be imported, nothing of it was written. `line` counts from 1 and includes the header."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each line's number and text without its end (LF or CRLF). Raises FileError when it cannot be read to its end."""
    number = 0
    try:
        with _opened(path) as file:
            for number, raw in enumerate(file, start=1):
                yield number, _text(number, raw)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(number + 1, f"the gzip data is cut off or damaged here ({error})") from error


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    with path.open("rb") as file:
        compressed = file.read(2) == _GZIP_MAGIC
    return gzip.open(path) if compressed else path.open("rb")


def _text(number: int, raw: bytes) -> str:
    if not raw.endswith(b"\n"):
        raise FileError(number, "the line has no end; the file is cut off")
    if b"\0" in raw:
        raise FileError(number, "a NUL byte; the file is not UTF-8 text")
    try:
        return raw.rstrip(b"\r\n").decode()
    except UnicodeDecodeError as error:
        raise FileError(number, f"not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start + 1}") from error
