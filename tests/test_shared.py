"""One file for a team: on a share that nobody may write to, named by an environment variable, attached over HTTP."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import Result, environment, run_cli
from user_rows import RACK

from catalog_db import database, own, own_csv

HTTPFS = "1.5.5"  # the newest whose extension PyPI has
FITS = ("fits", "--gpu", "H100", "--format", "csv")


@pytest.fixture
def share(catalog: Path) -> Iterator[Path]:
    """A catalog that cannot be written, in a folder that cannot be written."""
    folder = Path(tempfile.mkdtemp(prefix="share-"))
    path = Path(shutil.copy2(catalog, folder / database.FILE))
    path.chmod(0o444)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)
    shutil.rmtree(folder)


def as_somebody(arguments: list[str], home: Path, **env: str) -> Result:
    """Run the command line bound by permissions: root gives up the capability to go past them."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write anywhere, and there is no setpriv to give that up")
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*bound, sys.executable, "-m", "catalog_db", *arguments], capture_output=True, encoding="utf-8", cwd=home,
        env=environment(home, **env), timeout=120,
    )  # fmt: skip
    if done.stderr.startswith("setpriv:"):
        pytest.skip(f"root may write anywhere, and may not give that up: {done.stderr.strip()}")
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.stdout, done.stderr, done.returncode)


def test_read_only_file_in_a_read_only_folder_answers(share: Path, tmp_path: Path) -> None:
    done = as_somebody([*FITS, "--database", str(share)], tmp_path)
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("model,accelerator,")
    assert as_somebody(list(FITS), tmp_path, MLSYSDB_DATABASE=str(share)) == done
    assert [file.name for file in share.parent.iterdir()] == [database.FILE]


@pytest.mark.parametrize("command", ["upgrade", "remove", "import"])
def test_read_only_share_is_not_changed_and_the_reason_is_told(share: Path, tmp_path: Path, command: str) -> None:
    mine = tmp_path / "mine"
    own_csv.write({"source": [("us", "Ours", "us", *[None] * 5, "user")]}, mine)
    words = {"upgrade": [], "remove": ["x"], "import": [str(mine)]}[command]
    before = share.read_bytes()
    done = as_somebody([command, *words, "--database", str(share)], tmp_path)
    assert done.code == 3 and "cannot write" in done.stderr and "MLSYSDB_DATABASE" in done.stderr, done
    assert [file.name for file in share.parent.iterdir()] == [database.FILE]
    assert share.read_bytes() == before


def test_rows_are_exported_from_a_read_only_share(share: Path, tmp_path: Path) -> None:
    done = as_somebody(["export", "--mine", str(tmp_path / "mine"), "--database", str(share)], tmp_path)
    assert done.code == 0 and "no rows of yours" in done.stderr


def test_file_keeps_its_permissions(catalog: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(catalog, tmp_path / database.FILE))
    path.chmod(0o664)
    own.add(path, RACK)
    assert path.stat().st_mode & 0o777 == 0o664


def test_disk_that_is_full_while_rows_are_added(catalog: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(catalog, tmp_path / database.FILE))
    own.add(path, RACK)
    own.export(path, tmp_path / "mine")
    own.remove(path, source="us")
    before = path.read_bytes()
    done = run_cli(
        ["import", str(tmp_path / "mine"), "--database", str(path)], tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )  # fmt: skip
    assert done.code == 3 and "cannot write" in done.stderr
    assert path.read_bytes() == before
    assert {file.suffix for file in tmp_path.iterdir() if file.is_file()} <= {".duckdb", ".bak", ".lock"}
    assert own.mine(path) == {}


class Ranges(BaseHTTPRequestHandler):
    """Serves one file, whole or by ranges, as a plain web server or an object store does."""

    content = b""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]) if asked and asked[2] else len(self.content) - 1, len(self.content) - 1)
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(self.content)}")
        self.end_headers()
        if with_body:
            self.wfile.write(self.content[first : last + 1])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def url(catalog: Path) -> Iterator[str]:
    """Where a web server on this machine has the catalog."""
    handler = type("Catalog", (Ranges,), {"content": catalog.read_bytes()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{database.FILE}"
        server.shutdown()


REMOTE = """
import sys, duckdb
extension, url = sys.argv[1:]
db = duckdb.connect()
db.execute(f"load '{extension}'")
db.execute(f"attach '{url}' as mlsysdb (read_only)")
found = db.execute("select model, headroom_bytes from mlsysdb.fits('H100') where fits order by all").fetchall()
print(len(found), found[0][0])
"""


def test_catalog_on_a_web_server_is_attached_and_answers(url: str, catalog: Path, tmp_path: Path) -> None:
    wanted = [f"duckdb=={HTTPFS}", f"duckdb-extension-httpfs=={HTTPFS}"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), *wanted]
    done = subprocess.run(pip, capture_output=True, encoding="utf-8", timeout=300)
    if done.returncode:
        pytest.skip(f"pip cannot fetch {wanted[1]}: {done.stderr.strip().splitlines()[-1]}")
    (extension,) = tmp_path.rglob("httpfs.duckdb_extension")
    done = subprocess.run(
        [sys.executable, "-c", REMOTE, str(extension), url], capture_output=True, encoding="utf-8", timeout=120,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with contextlib.closing(database.attach(catalog)) as connection:
        found = connection.execute("select model from fits('H100') where fits order by 1").fetchall()
    assert done.stdout.split() == [str(len(found)), found[0][0]]
