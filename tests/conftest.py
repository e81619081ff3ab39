"""What the tests share: a freshly built catalog, a connection to it, and the command line as users run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import few_rows
import pytest

from catalog_db import assets, build, database

VERSIONS = ("1.4.5", "1.5.6", "2.0.0")


class Result(NamedTuple):
    """What a run of the command line said, and how it ended."""

    stdout: str
    stderr: str
    code: int


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the files of tests/golden")


def environment(data_home: Path, **extra: str) -> dict[str, str]:
    """The environment of a subprocess whose embedded database lies below `data_home`.

    pandas, polars and pyarrow are hidden, as they are absent after a plain install; the test extra alone brings them.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLSYSDB", "COLUMNS"))}
    plain = str(Path(__file__).parent / "plain_install")
    path = os.pathsep.join(filter(None, (plain, kept.get("PYTHONPATH"))))
    return kept | {"XDG_DATA_HOME": str(data_home), "PYTHONIOENCODING": "utf-8", "PYTHONPATH": path} | extra


def run_cli(
    arguments: Sequence[str],
    data_home: Path,
    *,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> Result:
    """Run `python -m catalog_db`; no run whatever may end in a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "catalog_db", *arguments],
        input=stdin if stdin is not None else "",
        capture_output=True,
        encoding="utf-8",
        cwd=cwd or data_home,
        env=environment(data_home, **(env or {})),
        timeout=120,
        **options,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.stdout, done.stderr, done.returncode)


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A freshly built database; read-only by agreement: copy it to change it."""
    path = tmp_path_factory.mktemp("catalog") / database.FILE
    build.upgrade(path)
    return path


@pytest.fixture(scope="session")
def few_package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The package with a few models and GPUs (see few_rows): its root, and a freshly built database of it."""
    root = few_rows.package(tmp_path_factory.mktemp("few_package"))
    path = tmp_path_factory.mktemp("few") / database.FILE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "root", lambda: root)
        build.upgrade(path)
    return root, path


@pytest.fixture(scope="module")
def few(few_package: tuple[Path, Path]) -> Iterator[Path]:
    """The catalog of a few models and GPUs, also for commands: a module uses it where builds matter, and no figures."""
    root, path = few_package
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "root", lambda: root)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(root.parent.parent), os.environ.get("PYTHONPATH", "")]))
        yield path


@pytest.fixture(scope="session")
def data_home(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's data folder in which the embedded database is already built."""
    home = tmp_path_factory.mktemp("data_home")
    (home / "mlsysdb").mkdir()
    shutil.copy2(catalog, home / "mlsysdb" / database.FILE)
    return home


class CommandLine:
    """The command line on the embedded database: run("fits", "--gpu", "H100") -> stdout, stderr, code.

    The same command is run once: nothing of the database changes between tests. With options it is run each time.
    """

    def __init__(self, data_home: Path) -> None:
        self.data_home = data_home
        self.known: dict[tuple[str, ...], Result] = {}

    def __call__(self, *arguments: str, **options: Any) -> Result:
        if options or "--output" in arguments:
            return run_cli(arguments, self.data_home, **options)
        if arguments not in self.known:
            self.known[arguments] = run_cli(arguments, self.data_home)
        return self.known[arguments]

    def ahead(self, commands: Sequence[tuple[str, ...]]) -> None:
        """Run several commands now, as many at a time as there are cores: starting Python is most of what they do."""
        with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            found = pool.map(lambda command: run_cli(command, self.data_home), commands)
            self.known.update(zip(commands, found, strict=True))


@pytest.fixture(scope="session")
def run(data_home: Path) -> CommandLine:
    return CommandLine(data_home)


@pytest.fixture(scope="session")
def db(catalog: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the catalog."""
    connection = database.attach(catalog)
    yield connection
    connection.close()


@pytest.fixture
def writable(catalog: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy of the catalog that the test may change."""
    copy = tmp_path / "writable" / database.FILE
    copy.parent.mkdir()
    shutil.copy2(catalog, copy)
    connection = database.attach(copy, read_only=False)
    yield connection
    connection.close()


@pytest.fixture(scope="session", params=VERSIONS)
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one version of DuckDB and nothing else."""
    if duckdb.__version__ == request.param:
        return Path(duckdb.__file__).parent.parent
    folder = tmp_path_factory.mktemp("duckdb")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(folder),
        f"duckdb=={request.param}",
    ]
    done = subprocess.run(pip, capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode:
        pytest.skip(f"pip cannot fetch duckdb {request.param}: {done.stderr.strip().splitlines()[-1]}")
    return folder
