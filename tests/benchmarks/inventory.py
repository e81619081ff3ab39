"""How long a fleet of a million machines takes, and how much memory: `python tests/benchmarks/inventory.py [ROWS]`.

Run by hand on a quiet machine. Each line is one run of the command line, with the peak of its resident memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from catalog_db import database

ROWS = 1_000_000
FLEET = """
    select
        'node-' || range as node,
        ['NVIDIA H100 80GB HBM3', 'NVIDIA A100-SXM4-80GB', 'NVIDIA L40S', 'NVIDIA L4', 'Tesla T4', 'no such GPU']
            [1 + range % 6] as gpu,
        [8, 8, 4, 1, 2, 1][1 + range % 6] as gpus,
        0.5 + (range % 997) / 100 as price
        {free}
    from range({rows})
"""
RUNS = {
    "one model, a row a node, Parquet": ("{file}", "--model", "llama-3-70b", "--output", "out.parquet"),
    "one model, a row a node, CSV": ("{file}", "--model", "llama-3-70b", "--output", "out.csv"),
    "one model, a row a node, a DuckDB table": ("{file}", "--model", "llama-3-70b", "--output", "out.duckdb:fits"),
    "all models, a row a model, CSV": ("{file}", "--per", "model", "--output", "out.csv"),
    "all models, a row a kind of node, CSV": ("{file}", "--per", "fleet", "--output", "out.csv"),
    "one model, free memory in 80,000 amounts, Parquet": (
        "{free}",
        "--model",
        "llama-3-70b",
        "--output",
        "out.parquet",
    ),
    "all models, free memory in 80,000 amounts, a row a model": ("{free}", "--per", "model", "--output", "out.csv"),
}


def main() -> None:
    """Print one line a run."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    database.open_catalog().close()
    with tempfile.TemporaryDirectory() as folder:
        files = {"file": Path(folder, "nodes.csv"), "free": Path(folder, "free.csv")}
        for name, path in files.items():
            free = ", (hash(range) % 80000) || ' MiB' as memory_free" if name == "free" else ""
            duckdb.sql(FLEET.format(rows=rows, free=free)).write_csv(str(path))
        for label, arguments in RUNS.items():
            _run(label, [argument.format(**files) for argument in arguments], folder)


def _run(label: str, arguments: list[str], folder: str) -> None:
    start = time.perf_counter()
    command = [sys.executable, "-m", "catalog_db", "fits", "--inventory", *arguments]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE)
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    words = process.stderr.read().decode().splitlines()[-1] if process.stderr else ""
    code = os.waitstatus_to_exitcode(status)
    print(f"{took:6.1f} s  {used.ru_maxrss / 2**10:7,.0f} MiB  {label} (exit {code}: {words})")


if __name__ == "__main__":
    main()
