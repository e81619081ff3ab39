"""Record what a release holds, so that the next one can say what changed.

    python -m catalog_db.release

adds the rows of the view catalog_row to seeds/release_row.csv under the version of this checkout; older releases stay.
"""

from __future__ import annotations

import contextlib
import csv
import tempfile
from pathlib import Path

from catalog_db import assets, build, database
from catalog_db.version import __version__

HEADER = ["release", "table_name", "row_key", "fingerprint"]


def record(file: Path, release: str, rows: list[tuple[str, str, str]]) -> None:
    """Write `rows` (table, key, fingerprint) into `file` as those of `release`, in place of what it held of them."""
    with file.open(newline="", encoding="utf-8") as handle:
        kept = [line for line in csv.reader(handle) if line and line[0] not in (HEADER[0], release)]
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(sorted(kept + [[release, *row] for row in rows]))


def main() -> None:
    """Build the catalog of this checkout in a temporary folder and record its rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / database.FILE
        build.ensure(path)
        with contextlib.closing(database.attach(path)) as connection:
            rows = connection.execute("select table_name, row_key, fingerprint from catalog_row").fetchall()
    file = assets.folder("seeds") / "release_row.csv"
    record(file, __version__, rows)
    print(f"{len(rows):,} rows of {__version__} in {file}")


if __name__ == "__main__":
    main()
