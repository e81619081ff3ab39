"""A tiny Hugging Face hub on loopback: repositories in memory, range requests, tokens, gated and missing ones."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_" + "a" * 34


class Hub(ThreadingHTTPServer):
    """The server: `repositories` maps owner/name to its files; `asked` are the requests with their ranges."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.private: set[str] = set()
        self.gated: set[str] = set()
        self.broken: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet."""

    def answer(self) -> None:
        self.server.asked.append((self.path, self.headers.get("range")))
        path = self.path.split("?")[0]
        api = re.fullmatch(r"/api/models/([\w.-]+/[\w.-]+)(?:/revision/([^/]+))?", path)
        file = re.fullmatch(r"/([\w.-]+/[\w.-]+)/resolve/([^/]+)/(.+)", path)
        found = api or file
        if found is None:
            self.send(404, b"{}")
        elif not self.refused(found[1], found[2]):
            self.info(found[1]) if api else self.file(found[1], found[3])

    def refused(self, repository: str, revision: str | None) -> bool:
        hub = self.server
        is_logged_in = self.headers.get("authorization") == f"Bearer {TOKEN}"
        if repository in hub.broken:
            self.send(500, b"{}")
        elif repository not in hub.repositories:
            self.send(404 if is_logged_in else 401, b"{}", code="RepoNotFound")
        elif repository in hub.private and not is_logged_in:
            self.send(401, b'{"error": "Invalid username or password."}', code="RepoNotFound")
        elif repository in hub.gated:
            self.send(403, b"{}", code="GatedRepo")
        elif revision not in (None, "main", COMMIT):
            self.send(404, b"{}", code="RevisionNotFound")
        else:
            return False
        return True

    def info(self, repository: str) -> None:
        files = [{"rfilename": name, "size": len(data)} for name, data in self.server.repositories[repository].items()]
        self.send(200, json.dumps({"id": repository, "sha": COMMIT, "siblings": files}).encode())

    def file(self, repository: str, name: str) -> None:
        data = self.server.repositories[repository].get(name)
        if data is None:
            self.send(404, b"", code="EntryNotFound")
            return
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range") or "")
        if match is None:
            self.send(200, data)
            return
        first, last = int(match[1]), min(int(match[2]), len(data) - 1)
        if first >= len(data):
            self.send(416, b"")
            return
        self.send(206, data[first : last + 1], span=f"bytes {first}-{last}/{len(data)}")

    def send(self, status: int, data: bytes, code: str = "", span: str = "") -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.send_header("x-repo-commit", COMMIT)
        self.send_header("etag", '"0"')
        if code:
            self.send_header("x-error-code", code)
        if span:
            self.send_header("content-range", span)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)


@contextmanager
def running() -> Iterator[Hub]:
    """A hub that serves until the block ends."""
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
