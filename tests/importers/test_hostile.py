"""Hostile input: each ends in one clear message and exit code 2, quickly, and the catalog is byte for byte what it was.

The commands are called as functions here, which is what the command line does; UsageError is its exit code 2. Nothing
is mocked: files are real, the catalog is real, and `--yes` would write.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import made_up
import pytest
from hostile_cases import (
    BROKEN,
    CONFIGS,
    FAMILIES,
    FLAGS,
    GGUFS,
    GOOD,
    GPUS,
    IDS,
    INDEXES,
    JSON,
    KEYS,
    LENGTH,
    LOGS,
    NAMES,
    PRICES,
    SIZES,
    WHOLE,
    WRONG,
    gguf,
    with_value,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_db import database
from catalog_db.cli import add, add_gpu, add_run
from catalog_db.errors import UsageError
from catalog_db.importers import config_file, describe, engine_log, gguf_file, gguf_model, local, understood
from catalog_db.tables import metadata

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def target(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A catalog of its own, which must not change by a bit."""
    path = tmp_path_factory.mktemp("target") / database.FILE
    shutil.copy2(catalog, path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    yield path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def refused(source: Path | str, target: Path, **options: Any) -> str:
    """The message with which `add model --yes` refuses a source."""
    arguments: dict[str, Any] = {"name": None, "model_id": None, "revision": None, **options}
    with pytest.raises(UsageError) as caught:
        add.add_model(str(source), yes=True, dry_run=False, replace=False, database=str(target), **arguments)
    message = str(caught.value)
    assert 10 < len(message) < 1_500
    assert "\n" not in message and message.isprintable()
    return message


def write(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---------------------------------------------------------------- config.json


@pytest.mark.parametrize("text", WRONG)
@pytest.mark.parametrize("key", SIZES)
def test_a_size_that_is_none_is_refused_by_name(key: str, text: str, tmp_path: Path, target: Path) -> None:
    assert key in refused(write(tmp_path / "config.json", with_value(key, text)), target)


@pytest.mark.parametrize("name", CONFIGS)
def test_what_is_no_config_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    refused(write(tmp_path / "config.json", CONFIGS[name]), target)


@pytest.mark.parametrize("cut", range(1, len(GOOD), 7))
def test_a_truncated_config_is_refused(cut: int, tmp_path: Path, target: Path) -> None:
    assert "no JSON" in refused(write(tmp_path / "config.json", GOOD[:cut]), target)


def accepted(found: understood.Understood) -> None:
    """What was understood makes whole rows: all that is required, sizes above zero, counts that multiply out."""
    tables = understood.rows(found, "fuzz", "Fuzz", "yours", ["ideal"])
    for name, rows in tables.items():
        required = [column.name for column in metadata.tables[name].columns if not column.nullable]
        for row in rows:
            assert all(row[column] is not None for column in required if column in row)
            assert all(
                row.get(size) is None or row[size] > 0 for size in ("layers", "hidden_size", "vocab_size", "kv_heads")
            )
    for row in tables["tensor_group"]:
        assert row["param_count"] == row["tensors"] * row["out_features"] * row["in_features"] > 0


def described(config: dict[str, Any], origin: understood.Origin) -> understood.Understood:
    """The closed form's answer, whether or not the library is there: it is the faster of the two to fuzz."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(describe, "find_spec", lambda name: None)
        return describe.from_config(config, origin)


@FUZZ
@given(st.sampled_from(FAMILIES), st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1, max_size=3))
def test_a_fuzzed_config_is_a_model_or_refused(family: str, changes: dict[str, Any]) -> None:
    content = json.dumps(made_up.CONFIG | {"model_type": family} | changes).encode("utf-8", "replace")
    origin = understood.Origin("Fuzz", "x", "sha256:0", "config.json", "B-")
    try:
        config = config_file.parse(content, "config.json")
        accepted(described(config, origin))
    except UsageError as error:
        assert len(str(error)) < 1_500


# ---------------------------------------------------------------- safetensors


@pytest.mark.parametrize("with_config", [True, False], ids=["with config", "alone"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_safetensors_file_is_refused(name: str, with_config: bool, tmp_path: Path, target: Path) -> None:
    file = write(tmp_path / "model.safetensors", BROKEN[name])
    if with_config and name not in ("not a model",):
        write(tmp_path / "config.json", GOOD)
    refused(tmp_path if with_config else file, target)


@pytest.mark.parametrize("cut", [*range(0, 8 + LENGTH, max(1, LENGTH // 40)), len(WHOLE) - 1, len(WHOLE) - 4096])
def test_a_truncated_safetensors_file_is_refused(cut: int, tmp_path: Path, target: Path) -> None:
    assert "safetensors" in refused(write(tmp_path / "model.safetensors", WHOLE[:cut]), target)


@FUZZ
@given(st.lists(st.tuples(st.integers(0, 8 + LENGTH - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_safetensors_file_with_other_bytes_is_a_model_or_refused(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    changed = bytearray(WHOLE)
    for place, value in changes:
        changed[place] = value
    folder = tmp_path_factory.mktemp("fuzz")
    write(folder / "config.json", GOOD)
    model_or_refused(write(folder / "model.safetensors", bytes(changed)))


def model_or_refused(path: Path) -> None:
    try:
        accepted(local.read(path))
    except UsageError as error:
        assert len(str(error)) < 1_500


@pytest.mark.parametrize("name", INDEXES)
def test_a_hostile_index_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    write(tmp_path / "config.json", GOOD)
    write(tmp_path / "model.safetensors.index.json", INDEXES[name])
    refused(tmp_path, target)


def test_a_missing_shard_is_named(tmp_path: Path, target: Path) -> None:
    folder = made_up.folder(tmp_path, made_up.plain(), shards=3)
    (folder / "model.safetensors.index.json").unlink()
    (folder / "model-00002-of-00003.safetensors").unlink()
    assert "shard 2 of 3 is missing" in refused(folder, target)


def test_a_tensor_of_two_shards_is_refused(tmp_path: Path, target: Path) -> None:
    for number in (1, 2):
        write(tmp_path / f"model-0000{number}-of-00002.safetensors", WHOLE)
    assert "stands in another file too" in refused(tmp_path, target)


# ---------------------------------------------------------------- GGUF


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return made_up.gguf_file(tmp_path_factory.mktemp("gguf") / "whole.gguf").read_bytes()


@pytest.mark.parametrize("name", GGUFS)
def test_a_broken_gguf_file_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    refused(write(tmp_path / "model.gguf", GGUFS[name]), target)


@pytest.mark.parametrize("cut", [*range(0, 200, 10), *range(200, 5600, 200), 100_000, 779_000])
def test_a_truncated_gguf_file_is_refused(cut: int, whole: bytes, tmp_path: Path, target: Path) -> None:
    assert cut < len(whole)
    refused(write(tmp_path / "model.gguf", whole[:cut]), target)


def test_a_part_that_is_missing_is_named(tmp_path: Path, whole: bytes, target: Path) -> None:
    first = write(tmp_path / "model-00001-of-00003.gguf", whole)
    assert "2 of 3 parts missing" in refused(first, target)


@FUZZ
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_gguf_file_with_other_bytes_is_a_model_or_refused(whole: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(whole)
    for place, value in changes:
        changed[place] = value
    origin = understood.Origin("Fuzz", "x", "sha256:0", "model.gguf", "B-")
    try:
        accepted(gguf_model.read_stream(io.BytesIO(changed), len(changed), origin))
    except UsageError as error:
        assert len(str(error)) < 1_500


# ---------------------------------------------------------------- paths and names


def loop(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "model.safetensors")
    return folder / "model.safetensors"


def linked(folder: Path) -> Path:
    (folder / "config.json").symlink_to("/dev/zero")
    return folder / "config.json"


def looped_config(folder: Path) -> Path:
    write(folder / "model.safetensors", WHOLE)
    (folder / "config.json").symlink_to(folder / "config.json")
    write(folder / "model.safetensors.index.json", "{")
    return folder


def several(folder: Path) -> Path:
    for name in ("a.gguf", "b.gguf"):
        write(folder / name, gguf())
    return folder


PATHS: dict[str, Callable[[Path], Path | str]] = {
    "missing": lambda folder: folder / "no-such.json",
    "an empty folder": lambda folder: folder,
    "a loop of links": loop,
    "a pipe": pipe,
    "/dev/zero": lambda _: "/dev/zero",
    "/dev/null": lambda _: "/dev/null",
    "a link to /dev/zero": linked,
    "/dev/stdin": lambda _: "/dev/stdin",
    "a folder as a file": lambda folder: folder / "..",
    "a zero byte": lambda _: "a\0b.json",
    "a name too long": lambda folder: folder / ("a" * 5000),
    "a text": lambda folder: write(folder / "a.txt", "hello"),
    "a pickle": lambda folder: write(folder / "pytorch_model.bin", pickle.dumps([1])),
    "a torch file": lambda folder: write(folder / "model.pt", b"PK\3\4"),
    "an empty text": lambda _: "",
    "a folder of pickles": lambda folder: write(folder / "pytorch_model.bin", b"x").parent,
    "broken index": looped_config,
    "several GGUF files": several,
    "an emoji": lambda folder: folder / "\U0001f980.json",
    "not a hub id": lambda _: "a/b/c/d",
    "up": lambda _: "../../../../../../etc/passwd",
    "control characters": lambda folder: folder / "a\x1b[2Jb.json",
}


@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_holds_no_model_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    refused(PATHS[name](tmp_path), target)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    refused(write(tmp_path / "config.json", GOOD), target, name=name)


@pytest.mark.parametrize("model_id", IDS)
def test_an_id_that_is_none_or_taken_is_refused(model_id: str, tmp_path: Path, target: Path) -> None:
    refused(write(tmp_path / "config.json", GOOD), target, model_id=model_id, name="Mine")


def test_nobody_is_asked_where_nobody_answers(tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UsageError, match="add --yes"):
        add.add_model(str(write(tmp_path / "config.json", GOOD)), database=str(target))


# ---------------------------------------------------------------- logs, GPUs, prices


def measured(target: Path, log: str | None, **options: Any) -> str:
    names = (
        "engine",
        "model",
        "gpu",
        "gpus",
        "tp",
        "pp",
        "context",
        "weights",
        "kv_dtype",
        "memory_utilization",
        "max_sequences",
        "max_batched_tokens",
        "weights_bytes",
        "kv_pool",
        "activation",
        "cuda_graph",
        "runtime",
        "kv_tokens",
        "concurrency",
        "outcome",
        "run_id",
    )
    with pytest.raises(UsageError) as caught:
        add_run.add_measurement(log, yes=True, database=str(target), **(dict.fromkeys(names) | options))
    return str(caught.value)


@pytest.mark.parametrize("name", LOGS)
def test_what_is_no_start_up_log_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    assert measured(target, str(write(tmp_path / "a.log", LOGS[name])))


@pytest.mark.parametrize("options", FLAGS, ids=range(len(FLAGS)))
def test_a_measurement_that_is_none_is_refused(options: dict[str, Any], target: Path) -> None:
    assert measured(target, None, **options)


@FUZZ
@given(
    st.text(max_size=300),
    st.sampled_from(["Model loading took {} GiB memory", "GPU KV cache size: {} tokens", "max_total_num_tokens={}"]),
)
def test_a_fuzzed_log_is_a_run_or_refused(noise: str, line: str) -> None:
    try:
        log = engine_log.parse(f"{noise}\n{line.format(noise)}\n{line.format('12')}")
        assert all(0 < figure.value < 1e18 for figure in log.figures.values())
    except UsageError:
        pass


@pytest.mark.parametrize("options", GPUS, ids=range(len(GPUS)))
def test_a_gpu_that_is_none_is_refused(options: dict[str, Any], target: Path) -> None:
    names = (
        "name",
        "gpu_id",
        "vendor",
        "memory",
        "visible_memory",
        "runtime_memory",
        "bandwidth",
        "bf16_flops",
        "fp16_flops",
        "fp8_flops",
        "fp4_flops",
        "int8_ops",
        "tdp",
        "memory_type",
        "architecture",
        "form_factor",
        "alias",
    )
    arguments = dict.fromkeys(names) | {"here": False, "kind": "gpu", "replace": False} | options
    with pytest.raises(UsageError):
        add_gpu.add_gpu(yes=True, dry_run=False, database=str(target), **arguments)


@pytest.mark.parametrize("options", PRICES, ids=range(len(PRICES)))
def test_a_price_that_is_none_is_refused(options: dict[str, Any], target: Path) -> None:
    plain: dict[str, Any] = {
        "target": "h100",
        "usd_per_hour": None,
        "purchase_usd": None,
        "terms": "on_demand",
        "region": "any",
        "priced_on": None,
        "seller": None,
    }
    with pytest.raises(UsageError):
        add_gpu.add_price(yes=True, dry_run=False, database=str(target), **(plain | options))


def test_the_reader_never_reads_further_than_the_head(whole: bytes) -> None:
    """The weights of a model are never touched: the stream ends up before them."""

    class Counted(io.BytesIO):
        furthest = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            self.furthest = max(self.furthest, self.tell())
            return found

    stream = Counted(whole)
    head = gguf_file.read(stream, len(whole), "whole")
    assert stream.furthest <= head.end < len(whole)
