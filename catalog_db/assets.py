"""Where seeds, migrations and queries lie: beside the package in a wheel, else in the checkout."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from catalog_db.version import __version__

FOLDERS = ("migrations", "queries", "seeds")
SUFFIXES = (".csv", ".py", ".sql")


def root() -> Path:
    """The folder that holds `seeds/`, `migrations/` and `queries/`."""
    inside = Path(__file__).parent / "_assets"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def folder(*parts: str) -> Path:
    """A folder below the root, e.g. `folder("queries", "views")`."""
    return root().joinpath(*parts)


def fingerprint() -> str:
    """A short hash of the version and of every asset's name and content; cheap enough for each call."""
    digest = hashlib.sha256(__version__.encode())
    for name in FOLDERS:
        for entry in _files(folder(name)):
            digest.update(entry.name.encode())
            with open(entry.path, "rb", buffering=0) as file:
                digest.update(file.read())
    return digest.hexdigest()[:16]


def _files(path: Path) -> Iterator[os.DirEntry[str]]:
    for entry in sorted(os.scandir(path), key=lambda item: item.name):
        if entry.is_dir() and not entry.name.startswith(("__", ".")):
            yield from _files(Path(entry.path))
        elif entry.name.endswith(SUFFIXES):
            yield entry
