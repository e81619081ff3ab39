"""Hugging Face ids, against a small hub on loopback: ranges, one commit, tokens, and each way to be refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed: it reads the hub")

import hub_server
import made_up

from catalog_db.errors import UsageError
from catalog_db.importers import hub, understood


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hub_server.Hub]:
    root = tmp_path_factory.mktemp("hub")
    with hub_server.running() as running:
        for name, shards in (("maker/whole", 1), ("maker/sharded", 3), ("maker/private", 1), ("maker/gated", 1)):
            files = made_up.folder(root / name, made_up.plain(), shards=shards)
            running.repositories[name] = {path.name: path.read_bytes() for path in files.iterdir()}
        running.repositories["maker/config-only"] = {"config.json": json.dumps(made_up.CONFIG).encode()}
        whole = made_up.gguf_file(root / "model-Q4_K_M.gguf").read_bytes()
        running.repositories["maker/gguf"] = {"model-Q4_K_M.gguf": whole, "model-Q8_0.gguf": whole, "README.md": b"x"}
        running.repositories["maker/empty"] = {"README.md": b"x"}
        running.repositories["maker/cut"] = {
            **running.repositories["maker/whole"], "model.safetensors": b"\xff" * 7 + b"\0" + b"{" * 200
        }  # fmt: skip
        index = {"weight_map": {"a": "../../../etc/passwd"}}
        running.repositories["maker/tricky"] = {
            "config.json": json.dumps(made_up.CONFIG).encode(),
            "model.safetensors.index.json": json.dumps(index).encode(),
        }
        running.private.add("maker/private")
        running.gated.add("maker/gated")
        running.broken.add("maker/broken")
        yield running


@pytest.fixture(autouse=True)
def endpoint(server: hub_server.Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    server.asked.clear()


def parameters(found: understood.Understood) -> int:
    return sum(group["param_count"] for group in found.tensor_groups)


@pytest.mark.parametrize("name", ["maker/whole", "maker/sharded"])
def test_headers_are_read_by_ranges_at_one_commit(server: hub_server.Hub, name: str) -> None:
    found = hub.read(name)
    assert parameters(found) == made_up.PARAMETERS
    assert found.storage is not None and found.storage.total_bytes == 2 * made_up.PARAMETERS
    assert found.format_id == "fp16"
    assert (found.origin.revision, found.origin.tier, found.origin.hf_id) == (hub_server.COMMIT, "B+", name)
    assert found.origin.url == f"{server.url}/{name}/tree/{hub_server.COMMIT}"
    weights = [(path, span) for path, span in server.asked if path.endswith(".safetensors")]
    assert weights and all(span for _, span in weights), "weights are only ever asked for in ranges"
    assert all(f"/resolve/{hub_server.COMMIT}/" in path for path, _ in server.asked if "/resolve/" in path)


def test_a_repository_without_weights_is_told_by_its_config() -> None:
    found = hub.read("maker/config-only")
    assert parameters(found) == made_up.PARAMETERS
    assert found.storage is None


def test_a_gguf_file_is_named_by_its_quantisation_and_read_in_ranges(server: hub_server.Hub) -> None:
    found = hub.read("maker/gguf:q4_k_m")
    assert parameters(found) == made_up.GGUF_PARAMETERS
    assert found.format_name == "GGUF Q4_K_M"
    assert found.layer_groups[0]["kv_heads"] == 2
    assert all(span for path, span in server.asked if path.endswith(".gguf"))


def test_several_gguf_files_are_listed() -> None:
    with pytest.raises(UsageError, match=r"name one GGUF file.*model-Q4_K_M\.gguf, model-Q8_0\.gguf"):
        hub.read("maker/gguf")


def test_a_revision_is_pinned_to_its_commit() -> None:
    assert hub.read("maker/whole", "main").origin.revision == hub_server.COMMIT


def test_a_token_opens_a_private_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="is not there, or is private: check the name, or log in"):
        hub.read("maker/private")
    monkeypatch.setenv("HF_TOKEN", hub_server.TOKEN)
    assert parameters(hub.read("maker/private")) == made_up.PARAMETERS


@pytest.mark.parametrize(
    ("name", "revision", "said"),
    [
        ("maker/missing", None, "maker/missing is not there, or is private"),
        ("maker/gated", None, "is gated: accept its terms"),
        ("maker/whole", "v9", "has no revision 'v9'"),
        ("maker/broken", None, "the hub cannot be read"),
        ("maker/empty", None, "name one GGUF file"),
        ("maker/cut", None, "maker/cut"),
        ("maker/tricky", None, "is no name of a shard"),
    ],
)
def test_what_cannot_be_read_is_told(name: str, revision: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        hub.read(name, revision)


def test_a_hub_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UsageError, match="the hub cannot be read"):
        hub.read("maker/whole")
