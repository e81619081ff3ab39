"""How long answers take, beside what Python needs to open the file with DuckDB: `python tests/benchmarks/answers.py`.

Run by hand on a quiet machine; every line of one run is comparable with the others of that run, and with nothing else.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from catalog_db import database, query

ROUNDS = 7
OPEN = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True).execute('select 1')"
COMMANDS = {
    "mlsysdb fits --gpu H100": ["fits", "--gpu", "H100"],
    "mlsysdb fits --model llama-3-70b": ["fits", "--model", "llama-3-70b"],
    "mlsysdb explain llama-3-70b H100": ["explain", "llama-3-70b", "H100"],
    "mlsysdb search 4090": ["search", "4090"],
}
ALL = "from answer(null, null, 1, null, null, null, null, null, 'auto', null, 'vllm', null, null, null, false, false)"
QUESTIONS = {
    "SQL: models for one GPU": "from fits('H100')",
    "SQL: GPUs for one model": "from fits_model('llama-3-70b')",
    "SQL: every model on every GPU": ALL,
}


def middle(action: Callable[[], object]) -> float:
    """The median time of several rounds, in milliseconds."""
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def process(*arguments: str) -> Callable[[], object]:
    """A run of Python with arguments, its output thrown away."""
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=False)


def main() -> None:
    """Print one line a question."""
    connection = database.open_catalog()
    path = str(database.default_path())
    print(f"{middle(process('-c', OPEN, path)):8.0f} ms  Python opens the file with DuckDB")
    for name, arguments in COMMANDS.items():
        print(f"{middle(process('-m', 'catalog_db', *arguments)):8.0f} ms  {name}")
    for name, sql in QUESTIONS.items():
        count = len(query.sql(connection, sql))
        print(f"{middle(lambda text=sql: connection.execute(text).fetchall()):8.0f} ms  {name} ({count:,} rows)")


if __name__ == "__main__":
    main()
