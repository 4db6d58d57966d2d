"""Makes or renews .venv from a file of hashed requirements, then puts the project itself into it.

Usage: python3.11 scripts/environment.py requirements.txt
Runs on a bare Python 3.11: standard library only. Prints one counted line instead of pip's hundreds.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input")
WANTED = (3, 11)


def main(requirements: Path) -> int:
    if sys.version_info[:2] != WANTED:
        return _refuse("Python 3.11 is needed.", "apt-get install -y python3.11 python3.11-venv")
    if importlib.util.find_spec("ensurepip") is None:
        return _refuse("This Python cannot make virtual environments.", "apt-get install -y python3.11-venv")
    if not PYTHON.exists():
        print("Making .venv", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(ROOT / ".venv")], check=True)
    total = len(re.findall(r"^[\w.-]+==", requirements.read_text(), re.MULTILINE))
    failed = _install(total, "--require-hashes", "-r", str(requirements))
    return failed or _install(1, "--no-deps", "--no-build-isolation", "-e", str(ROOT))


def _refuse(problem: str, fix: str) -> int:
    print(f"{problem} Install it with: {fix}", file=sys.stderr)
    return 1


def _install(total: int, *arguments: str) -> int:
    """Run pip install, counting the packages it looks at; what it said is shown only when it fails."""
    said: list[str] = []
    looked_at = 0
    with subprocess.Popen(
        [*PIP, "install", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            said.append(line)
            if line.startswith(("Collecting ", "Requirement already satisfied", "Obtaining ")):
                looked_at = min(looked_at + 1, total)
                _say(f"Fetching packages {looked_at} of {total}")
            elif line.startswith("Installing collected"):
                _say(f"Installing {total} package{'s' if total > 1 else ''}")
    print(flush=True)
    if pip.returncode:
        print("".join(said[-30:]), file=sys.stderr)
    return pip.returncode


def _say(text: str) -> None:
    """The line over the last one on a terminal; elsewhere a line only at the end counts, so nothing."""
    if sys.stdout.isatty():
        print(f"\r{text:<60}", end="", flush=True)
    elif text.startswith("Installing"):
        print(text, end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(ROOT / sys.argv[1]))
