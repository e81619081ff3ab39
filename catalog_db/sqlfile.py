"""One .sql file: a header that says what it is, the definition, and its tests below `-- tests`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TESTS = "-- tests"


@dataclass(frozen=True)
class SqlFile:
    """A parsed file; `header` is its leading comment without the dashes, one paragraph a blank line."""

    name: str
    header: str
    definition: str
    tests: str

    @property
    def summary(self) -> str:
        """The header's first paragraph, on one line."""
        return " ".join(self.header.split("\n\n")[0].split())

    @property
    def mend(self) -> str:
        """How to mend what a check finds: its paragraph that begins with `Mend:`, on one line; empty without one."""
        found = [" ".join(paragraph.split()) for paragraph in self.header.split("\n\n")]
        return next((text for text in found if text.startswith("Mend:")), "")


def read(path: Path) -> SqlFile:
    """Split the file at `path` into header, definition and tests."""
    text = path.read_text(encoding="utf-8")
    body, _, tests = text.partition(f"\n{TESTS}\n")
    lines = body.splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = "\n".join(line.removeprefix("--").strip() for line in lines[:count])
    return SqlFile(path.stem, header, "\n".join(lines[count:]).strip(), tests.strip())


def read_folder(path: Path) -> list[SqlFile]:
    """Every .sql file of a folder, by name."""
    return [read(file) for file in sorted(path.glob("*.sql"))]
