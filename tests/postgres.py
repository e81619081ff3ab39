"""A real PostgreSQL server for a test: a cluster of its own on loopback, stopped and gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def folder_of_binaries() -> Path | None:
    """Where initdb lies: Debian keeps it off the PATH, one folder a version; the newest is taken."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return Path(found).parent if found else folders[-1] if folders else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a fresh server; skips the test where PostgreSQL is not installed."""
    binaries = folder_of_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    user = "postgres" if os.geteuid() == 0 else None  # a server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="mlsysdb-postgres-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        run = {"user": user, "cwd": name, "check": True, "capture_output": True, "timeout": 60}
        data = folder / "data"
        subprocess.run([binaries / "initdb", "-D", data, "-U", "tester", "--auth=trust", "-E", "UTF8"], **run)
        port = _free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        log = folder / "log"
        subprocess.run([binaries / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start"], **run)
        try:
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], **run)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
