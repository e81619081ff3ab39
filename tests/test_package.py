"""What is shipped is what is in the repository, and it works where the repository is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import environment

from catalog_db import assets

ROOT = Path(__file__).parent.parent
SHIPPED = ("migrations", "queries", "seeds")
needs_checkout = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="not a checkout")


def call(*command: object, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        env=os.environ | env,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and sdist, built from a copy so that nothing is written into the checkout."""
    copy = tmp_path_factory.mktemp("source") / "mlsysdb"
    unwanted = shutil.ignore_patterns(".git", "__pycache__", ".venv", "*.egg-info", ".*_cache", "dist", "golden-old")
    shutil.copytree(ROOT, copy, ignore=unwanted)
    dist = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, copy, cwd=dist)
    return dist


def tracked() -> set[str]:
    """The files below seeds, migrations and queries that git knows."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    return set(call("git", "ls-files", *SHIPPED, cwd=ROOT).splitlines())


def names(archive: Path) -> set[str]:
    """The files in a wheel or sdist, as below the repository's root."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name.removeprefix("catalog_db/_assets/") for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        return {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}


@needs_checkout
@pytest.mark.parametrize("pattern", ["*.whl", "*.tar.gz"])
def test_archive_holds_each_tracked_asset_and_no_other(built: Path, pattern: str) -> None:
    (archive,) = built.glob(pattern)
    wanted = tracked()
    assert len(wanted) > 60
    found = {name for name in names(archive) if name.startswith(tuple(f"{folder}/" for folder in SHIPPED))}
    assert found - wanted == set(), "shipped, but not in git"
    assert wanted - found == set(), "in git, but not shipped"


@needs_checkout
def test_wheel_holds_no_tests_and_no_database(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    odd = [name for name in names(wheel) if name.startswith("tests/") or name.endswith((".duckdb", ".pyc"))]
    assert odd == []


@needs_checkout
def test_installed_wheel_answers_from_an_empty_directory(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    site, empty, home = (tmp_path / name for name in ("site", "empty", "home"))
    empty.mkdir()
    home.mkdir()
    call(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel, cwd=empty)
    env = environment(home, PYTHONPATH=str(site))
    done = subprocess.run(
        [sys.executable, "-m", "catalog_db", "query", "select count(*) > 100 as many from model", "-f", "csv"],
        cwd=empty, env=env, capture_output=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "many\ntrue\n"), done.stderr
    where = "import catalog_db, catalog_db.assets; print(catalog_db.__file__); print(catalog_db.assets.root())"
    said = subprocess.run(
        [sys.executable, "-c", where], cwd=empty, env=env, capture_output=True, encoding="utf-8", check=True
    )
    assert all(line.startswith(str(site)) for line in said.stdout.splitlines()), said.stdout
    assert list(empty.iterdir()) == []


def test_fingerprint_changes_with_any_asset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHIPPED:
        shutil.copytree(assets.folder(name), tmp_path / name)
    monkeypatch.setattr(assets, "root", lambda: tmp_path)
    seen = {assets.fingerprint()}
    for changed in ("seeds/model.csv", "queries/views/name.sql", "queries/columns.csv", "migrations/env.py"):
        (tmp_path / changed).write_text((tmp_path / changed).read_text(encoding="utf-8") + "\n", encoding="utf-8")
        seen.add(assets.fingerprint())
    assert len(seen) == 5


def test_fingerprint_changes_when_a_figure_does_but_not_its_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SHIPPED:
        shutil.copytree(assets.folder(name), tmp_path / name)
    monkeypatch.setattr(assets, "root", lambda: tmp_path)
    before = assets.fingerprint()
    file = tmp_path / "seeds" / "workload.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("8192", "4096"), encoding="utf-8")
    assert assets.fingerprint() != before
