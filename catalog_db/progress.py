"""Words about long work, on stderr: a live line on a terminal, one plain line elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

BUILDING = "building the catalog (once, a few seconds)"


@contextlib.contextmanager
def reporter(words: str = BUILDING) -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done now."""
    if not sys.stderr.isatty():
        print(f"{words} ...", file=sys.stderr)
        yield lambda _: None
        return

    from rich.console import Console

    with Console(stderr=True).status(words) as status:
        yield lambda text: status.update(f"{words}: {text}")


def warn(text: str) -> None:
    """Something that the user should know, though the work goes on."""
    print(f"mlsysdb: {text}", file=sys.stderr)
