"""The zip of an evidence bundle: files are streamed in, their SHA-256 stand in SHA256SUMS."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, BinaryIO

import orjson

_JSON = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


class Archive:
    """A zip that is written front to back; leaving the block writes SHA256SUMS and closes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._sums: list[str] = []

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._zip.writestr("SHA256SUMS", "".join(self._sums))
        self._zip.close()

    def add(self, name: str, data: bytes, *, compress: bool = True) -> None:
        """A file; `compress=False` for hashes, which do not shrink."""
        self._zip.writestr(name, data, zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED)
        self._sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")

    def rows(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """A file with a line of canonical JSON for each row, written as they come."""
        digest = hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as file:
            for row in rows:
                line = orjson.dumps(row, option=_JSON)
                digest.update(line)
                file.write(line)
        self._sums.append(f"{digest.hexdigest()}  {name}\n")
