"""Fetches the few front-end files the pages use, at exact versions, each checked against the SHA-256 written here.

Usage: python scripts/vendor.py           fetch with `npm pack` and write the vendored files anew
       python scripts/vendor.py --check   compare the files that stand in the tree with their list; needs no network

To upgrade: change a version below, run it, and put the printed SHA-256 of the new tarball here after you looked at the change.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = Path("connect/core/pages/static/vendor")
LIST = ROOT / STATIC / "SHA256SUMS"
SPRITE = STATIC / "icons.svg"


@dataclass(frozen=True)
class Package:
    """A package of the npm registry: its tarball's SHA-256, and where the files we want of it go."""

    name: str
    version: str
    sha256: str
    files: dict[str, Path]


# Of Bootstrap only the parts without data: URIs, which the pages' content security policy refuses.
PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "06bdf78289c3c12ea99d40df84eedf6278c724c73eebf38f11f3a65b44ec8c94",
        {
            "dist/css/bootstrap-reboot.min.css": STATIC / "bootstrap-reboot.min.css",
            "dist/css/bootstrap-utilities.min.css": STATIC / "bootstrap-utilities.min.css",
            "LICENSE": STATIC / "bootstrap.LICENSE",
        },
    ),
    Package(
        "htmx.org",
        "4.0.1",
        "5fba65616ca148a86d377e9771bcada7f35faee3558651feb929eea425e13b3c",
        {"dist/htmx.min.js": STATIC / "htmx.min.js", "LICENSE": STATIC / "htmx.LICENSE"},
    ),
    Package(
        "lucide-static",
        "1.62.0",
        "386f9080c440d6f5049cefe3456ae8357f7a0c7f76e59670cd1cb83bc7050a44",
        {"LICENSE": STATIC / "icons.LICENSE"},
    ),
    Package(
        "axe-core",
        "4.14.1",
        "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
        {"axe.min.js": Path("tests/vendor/axe.min.js"), "LICENSE": Path("tests/vendor/axe.LICENSE")},
    ),
)

# The icons the pages use; `tests/pages/test_static.py` fails when a template names another.
ICONS = (ROOT / "scripts" / "icons.txt").read_text().split()

# Our own mark: five bars of a sound wave that make the crown of a tree, on a trunk.
MARK = '<symbol id="mark" viewBox="0 0 24 24"><path d="M4 8v3M8 5v9M12 2v20M16 5v9M20 8v3M8.5 22h7"/></symbol>'


def main(arguments: list[str]) -> int:
    return check() if "--check" in arguments else fetch()


def fetch() -> int:
    """Write every vendored file, the sprite and the list. 1 when a tarball is not the one expected."""
    written = [SPRITE]
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            tarball = _pack(package, Path(folder))
            found = hashlib.sha256(tarball.read_bytes()).hexdigest()
            if found != package.sha256:
                print(
                    f"{package.name} {package.version}: SHA-256 is {found}, expected {package.sha256}", file=sys.stderr
                )
                return 1
            written += _unpack(package, tarball)
    LIST.write_text("".join(f"{_digest(path)}  {path}\n" for path in sorted(written)))
    print(f"{len(written)} files written, listed in {LIST.relative_to(ROOT)}")
    return 0


def check() -> int:
    """1, naming the file, when one differs from the list or is missing."""
    wrong = [path for digest, path in listed() if not (ROOT / path).is_file() or _digest(path) != digest]
    for path in wrong:
        print(f"{path} is not the file that was vendored", file=sys.stderr)
    return 1 if wrong else 0


def listed() -> list[tuple[str, Path]]:
    """(SHA-256, path from the root) of every vendored file."""
    return [(digest, Path(path)) for digest, path in (line.split() for line in LIST.read_text().splitlines())]


def _pack(package: Package, folder: Path) -> Path:
    command = ["npm", "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def _unpack(package: Package, tarball: Path) -> list[Path]:
    with tarfile.open(tarball) as archive:
        for member, target in package.files.items():
            (ROOT / target).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / target).write_bytes(_without_source_map(_read(archive, member)))
        if package.name == "lucide-static":
            symbols = [_symbol(name, _read(archive, f"icons/{name}.svg").decode()) for name in ICONS]
            body = "\n".join([MARK, *symbols])
            (ROOT / SPRITE).write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n')
    return list(package.files.values())


def _read(archive: tarfile.TarFile, member: str) -> bytes:
    file = archive.extractfile(f"package/{member}")
    if file is None:
        raise FileNotFoundError(member)
    return file.read()


def _without_source_map(content: bytes) -> bytes:
    """The file without the line that makes developer tools ask for a map we do not ship."""
    return re.sub(rb"\n?(//|/\*)# sourceMappingURL=\S+( \*/)?", b"", content)


def _symbol(name: str, svg: str) -> str:
    shapes = "".join(part.strip() for part in re.findall(r"<(?!svg|!--|/svg)[^>]+>", svg))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def _digest(path: Path) -> str:
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
