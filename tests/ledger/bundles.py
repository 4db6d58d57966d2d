"""Opening, changing and checking evidence bundles as an auditor, or a forger, would."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connect.ledger import verify
from connect.ledger.bundle import Bundle


@dataclass(frozen=True)
class Verdict:
    """How verify.py ended, and what it said."""

    code: int
    said: str


def run_alone(folder: Path, bundle: Path, *arguments: str) -> Verdict:
    """verify.py as it lies in the bundle, in an interpreter that knows no package and not our source."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extract("verify.py", folder)
    command = [sys.executable, "-I", "-S", str(folder / "verify.py"), str(bundle), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Verdict(done.returncode, done.stdout + done.stderr)


def save(path: Path, made: Bundle) -> Path:
    path.write_bytes(made.data)
    return path


def files(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(bundle: Path, contents: Mapping[str, bytes]) -> Path:
    """The bundle with these files, checksums made anew, as a careful forger would."""
    kept = {name: data for name, data in contents.items() if name != "SHA256SUMS"}
    kept["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in kept.items()
    ).encode()
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    return bundle


def edit_rows(bundle: Path, name: str, change: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change the rows of a JSONL file in place."""
    contents = files(bundle)
    rows = [json.loads(line) for line in contents[name].splitlines()]
    change(rows)
    contents[name] = "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for row in rows
    ).encode()
    rewrite(bundle, contents)


def examine(bundle: Path, *arguments: str) -> int:
    """verify.py's exit code, in this process."""
    return verify.main([str(bundle), *arguments])


def flip(data: bytes, bit: int) -> bytes:
    """`data` with one bit changed."""
    return data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]
