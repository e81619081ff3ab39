"""The command line: reads options, asks, prints. Data goes to stdout, words to stderr."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence

import duckdb

from catalog_db.cli.app import app
from catalog_db.errors import MlsysdbError

__all__ = ["app", "main", "register", "run"]

MODULES = ("ask", "look", "add", "add_gpu", "add_run", "own", "upkeep")
# typer builds every command it knows before it runs one: a question pays for those of its own module only.
QUESTIONS = {
    "fits": "ask", "explain": "ask", "serve": "ask", "show": "look", "search": "look", "query": "look", "path": "look",
}  # fmt: skip


def register(arguments: Sequence[str]) -> None:
    """Import the module of the command that `arguments` begin with, where it is a question; else those of all."""
    asked = QUESTIONS.get(arguments[0]) if arguments else None
    for module in [asked] if asked else MODULES:
        importlib.import_module(f"catalog_db.cli.{module}")


def run() -> None:
    """The program `mlsysdb`: `main`, with the process ended at once after a question.

    Freeing one by one what Python and DuckDB hold would take 25 ms more; mypy ends in the same way.
    """
    try:
        main()
    except SystemExit as ended:
        if len(sys.argv) > 1 and sys.argv[1] in QUESTIONS and not isinstance(ended.code, str):
            code = _flushed()
            os._exit(ended.code or code)
        raise


def _flushed() -> int:
    """Write out what was printed: 0, unless that fails for another reason than that whoever reads has read enough."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return 0
    except OSError as error:
        return _failed(f"standard output: {error.strerror}", 2)
    return 0


def main() -> None:
    """Run the command line; every failure is one clear line and a documented exit code."""
    # A command ends before cycles of objects take any room: looking for them often costs 20 ms of its 400.
    gc.set_threshold(100_000)
    # DuckDB looks at each parameter with pandas' eyes, where it is installed: 0.25 s that no command has use for.
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    register(sys.argv[1:])
    try:
        app()
    except MlsysdbError as error:
        sys.exit(_failed(str(error), error.exit_code))
    except duckdb.Error as error:
        sys.exit(_failed(f"the database cannot answer: {error}", 3))
    except KeyboardInterrupt:
        sys.exit(_failed("interrupted; nothing was changed", 130))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("MLSYSDB_TRACEBACK"):
            raise
        told = f"{type(error).__name__}: {error}"
        sys.exit(_failed(f"a fault of mlsysdb itself ({told}); MLSYSDB_TRACEBACK=1 shows where, for a report of it", 3))


def _failed(message: str, code: int) -> int:
    print(f"mlsysdb: {message}", file=sys.stderr)
    return code
