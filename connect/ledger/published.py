"""The last published checkpoint, kept outside the database: a restored or forked database contradicts it.

One file in the data folder. On several nodes the folder is shared, or each node keeps what it published itself.
"""

from __future__ import annotations

import os
from pathlib import Path

from connect.core import settings
from connect.ledger.models import LOG


def path() -> Path:
    """Where the checkpoint stands."""
    return settings.current().data_dir / "ledger" / f"checkpoint-{LOG}"


def read() -> str | None:
    """The checkpoint as it was published, or None."""
    try:
        return path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def write(note: str) -> None:
    """Replace it; after a power cut the file is the old or the new one, never a torn one."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".part-{os.getpid()}")
    with part.open("w", encoding="utf-8") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
