"""On a terminal of any width, tables stay inside it and numbers stay whole."""

from __future__ import annotations

import fcntl
import json
import os
import re
import struct
import subprocess
import sys
import termios
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import CommandLine, environment
from rich.cells import cell_len

pty = pytest.importorskip("pty", reason="pseudo-terminals are a thing of Unix")

COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
WIDTHS = (80, 200)
COMMANDS = {
    "fits gpu": ("fits", "--gpu", "H100", "--limit", "20"),
    "fits model": ("fits", "--model", "llama-3-70b", "--limit", "20"),
    "explain": ("explain", "llama-3-70b", "H100", "--engine", "ideal"),
    "show": ("show", "llama-3-70b"),
    "search": ("search", "llama"),
}


def on_terminal(arguments: tuple[str, ...], data_home: Path, width: int) -> str:
    """What the command prints on a terminal of that width, without its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    command = [sys.executable, "-m", "catalog_db", *arguments]
    env = environment(data_home, TERM="xterm-256color")
    process = subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, stdin=theirs, env=env, cwd=data_home)
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # Linux tells so that the other side is closed
        pass
    process.wait(timeout=60)
    os.close(ours)
    return COLOURS.sub("", said.decode("utf-8")).replace("\r\n", "\n")


@pytest.fixture(scope="module")
def screens(data_home: Path) -> dict[tuple[str, int], str]:
    """What each command prints at each width."""
    asked = [(name, width) for name in COMMANDS for width in WIDTHS]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        said = pool.map(lambda pair: on_terminal(COMMANDS[pair[0]], data_home, pair[1]), asked)
        return dict(zip(asked, said, strict=True))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(
    screens: dict[tuple[str, int], str], name: str, width: int
) -> None:
    lines = screens[name, width].splitlines()
    assert len(lines) > 5
    assert [line for line in lines if cell_len(line) > width] == []
    assert [line for line in lines if "…" in line] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_numbers_are_whole_at_any_width(screens: dict[tuple[str, int], str], run: CommandLine, width: int) -> None:
    rows = json.loads(run(*COMMANDS["fits gpu"], "--format", "json").stdout)
    words = set(screens["fits gpu", width].split())
    for row in rows:
        assert f"{row['required_bytes'] / 2**30:,.2f}" in words
        assert f"{row['headroom_bytes'] / 2**30:,.2f}" in words
        assert row["max_context_tokens"] is None or f"{row['max_context_tokens']:,}" in words


def test_wide_terminal_shows_more_columns(screens: dict[tuple[str, int], str]) -> None:
    assert "largest" not in screens["fits gpu", 80]
    assert "largest" in screens["fits gpu", 200]


def test_pipe_gets_no_colours_and_no_wrapping(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "20", env={"COLUMNS": "40", "FORCE_COLOR": "1"})
    assert "\x1b" not in done.stdout
    assert len(done.stdout.splitlines()) == 21
