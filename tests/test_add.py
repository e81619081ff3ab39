"""`mlsysdb add` as people type it: models, GPUs, prices and measured runs of their own, and the answers about them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Result, run_cli

sys.path.insert(0, str(Path(__file__).parent / "importers"))

import made_up


@pytest.fixture(scope="module")
def home(data_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's data folder of this module's own, which its tests add to."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(data_home / "mlsysdb", home / "mlsysdb")
    return home


@pytest.fixture(scope="module")
def quantised(home: Path) -> Iterator[tuple[Path, Result, made_up.Arrays]]:
    """A private fine-tune in AWQ, added."""
    arrays = made_up.awq()
    config = made_up.CONFIG | {"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 32}}
    folder = made_up.folder(home / "Our Tune", arrays, config)
    yield folder, run_cli(["add", "model", str(folder), "--yes"], home), arrays


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.code in (0, 1), result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_folder_is_shown_and_added(quantised: tuple[Path, Result, made_up.Arrays]) -> None:
    _, result, arrays = quantised
    assert result.code == 0, result.stderr
    size = sum(array.nbytes for array in arrays.values())
    for words in (
        "143,808 parameters",
        "3 layers, full: 2 heads of 16 + 16",
        f"{size:,} bytes",
        "sha256:",
        "4,096 tokens",
    ):
        assert words in result.stdout
    assert "mlsysdb fits --model our-tune" in result.stderr


def test_what_fits_it_counts_its_exact_bytes(home: Path, quantised: tuple[Path, Result, made_up.Arrays]) -> None:
    _, _, arrays = quantised
    found = rows(
        run_cli(["fits", "--model", "Our Tune", "--engine", "ideal", "--weights", "native", "-f", "json"], home)
    )
    size = sum(array.nbytes for array in arrays.values())
    assert {row["weight_format"] for row in found} == {"our-tune-as-stored"}
    assert all(abs(row["weights_bytes"] - size) < 1 for row in found if row["devices"] == 1)
    assert all(row["fits"] for row in found)


def test_explain_says_where_it_was_read(home: Path, quantised: tuple[Path, Result, made_up.Arrays]) -> None:
    result = run_cli(["explain", "our-tune", "H100", "-f", "json"], home)
    told = json.loads(result.stdout)
    assert told["kv_bytes_per_token"] == 3 * 2 * (16 + 16) * 2
    assert any("Own file in Our Tune" in json.dumps(citation) for citation in told["citations"])
    assert told["evidence_tier"] >= "B-"


def test_a_second_model_of_that_id_is_refused(home: Path, quantised: tuple[Path, Result, made_up.Arrays]) -> None:
    result = run_cli(["add", "model", str(quantised[0]), "--yes"], home)
    assert result.code == 2
    assert "yours already" in result.stderr


def test_the_catalogs_own_models_are_not_replaced_unasked(
    home: Path, quantised: tuple[Path, Result, made_up.Arrays]
) -> None:
    result = run_cli(["add", "model", str(quantised[0]), "--id", "llama-3-70b", "--name", "Mine", "--yes"], home)
    assert result.code == 2
    assert "--replace" in result.stderr
    result = run_cli(["add", "model", str(quantised[0]), "--name", "Llama-3-70B", "--yes"], home)
    assert result.code == 2


def test_a_dry_run_writes_nothing_and_no_terminal_needs_yes(home: Path) -> None:
    config = home / "config.json"
    config.write_text(json.dumps(made_up.CONFIG), encoding="utf-8")
    database = home / "mlsysdb" / "mlsysdb.duckdb"
    before = database.read_bytes()
    dry = run_cli(["add", "model", str(config), "--name", "Dry", "--dry-run"], home)
    assert dry.code == 0 and "143,808 parameters" in dry.stdout
    asked = run_cli(["add", "model", str(config), "--name", "Dry"], home)
    assert asked.code == 2 and "--yes" in asked.stderr
    assert database.read_bytes() == before


def test_an_unknown_architecture_has_weights_and_no_verdict(home: Path) -> None:
    config = made_up.CONFIG | {"model_type": "wormhole", "architectures": ["WormholeForCausalLM"]}
    folder = made_up.folder(home / "Wormhole 1B", made_up.plain(), config)
    assert run_cli(["add", "model", str(folder), "--yes"], home).code == 0
    asked = [
        "fits",
        "--model",
        "wormhole-1b",
        "--engine",
        "ideal",
        "--weights",
        "native",
        "--gpus",
        "1",
        "--all",
        "-f",
        "json",
    ]
    found = rows(run_cli(asked, home))
    assert found and all(row["fits"] is None and row["kv_cache_bytes"] is None for row in found)
    assert all(row["weights_bytes"] == 2 * made_up.PARAMETERS for row in found)


def test_a_gguf_file_answers_for_llama_cpp(home: Path) -> None:
    path = made_up.gguf_file(home / "our-q4.gguf")
    assert run_cli(["add", "model", str(path), "--yes"], home).code == 0
    told = json.loads(run_cli(["explain", "our-q4", "rtx-4090", "--engine", "llama.cpp", "-f", "json"], home).stdout)
    assert told["weight_format"] == "our-q4-as-stored"
    assert told["kv_bytes_per_token"] == 2 * 2 * (64 + 64) * 2
    matrices = 2 * (2 * 256 * 256 + 2 * 128 * 256 + 3 * 512 * 256)  # Q4_K: 144 bytes for each 256 values
    output, norms = 320 * 210, 5 * 256 * 4  # Q6_K: 210 bytes for each 256; F32
    assert told["weights_bytes"] == matrices // 256 * 144 + output + norms  # the token embedding stays in host memory


def test_a_gpu_from_its_figures_answers(home: Path) -> None:
    flags = ["--name", "Quark Z9", "--memory", "96GiB", "--bandwidth", "4TB/s", "--alias", "quarky"]
    assert run_cli(["add", "gpu", *flags, "--yes"], home).code == 0
    found = rows(run_cli(["fits", "--gpu", "QUARKY", "--engine", "ideal", "--limit", "3", "-f", "json"], home))
    assert {row["accelerator"] for row in found} == {"quark-z9"}
    assert {row["usable_memory_bytes"] for row in found} == {96 * 2**30}


def smi(folder: Path, name: str, printed: str) -> dict[str, str]:
    """A driver's tool that prints this, alone in the PATH."""
    folder.mkdir(exist_ok=True)
    tool = folder / name
    tool.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{printed}\nEND\n", encoding="utf-8")
    tool.chmod(0o755)
    return {"PATH": str(folder)}


CARD = {"Card Series": "AMD Instinct MI300X", "VRAM Total Memory (B)": "206141652992"}
TOOLS = {
    "rocm-smi": (
        json.dumps({"card0": CARD, "card1": CARD, "system": {}}),
        "2 x AMD Instinct MI300X: 206,141,652,992 bytes",
    ),
    "nvidia-smi": ("NVIDIA H100 80GB HBM3, 81559\n" * 4, "4 x NVIDIA H100 80GB HBM3: 85,520,809,984 bytes"),
    "amd-smi": (
        json.dumps(
            [{"asic": {"market_name": "AMD Instinct MI300X"}, "vram": {"size": {"value": 196592, "unit": "MB"}}}]
        ),
        "1 x AMD Instinct MI300X: 206,141,652,992 bytes",
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_gpus_here_are_what_the_drivers_tool_says(home: Path, tmp_path: Path, tool: str) -> None:
    printed, said = TOOLS[tool]
    result = run_cli(["add", "gpu", "--here", "--dry-run"], home, env=smi(tmp_path / "bin", tool, printed))
    assert result.code == 0, result.stderr
    assert said in result.stdout
    assert "in the catalog" in result.stdout


def test_a_gpu_that_the_catalog_does_not_know_is_new(home: Path, tmp_path: Path) -> None:
    env = smi(tmp_path / "bin", "nvidia-smi", "NVIDIA Imaginary 9000, 100000")
    assert run_cli(["add", "gpu", "--here", "--yes"], home, env=env).code == 0
    found = rows(run_cli(["fits", "--gpu", "NVIDIA Imaginary 9000", "--limit", "1", "-f", "json"], home))
    assert found[0]["visible_memory_bytes"] == 100_000 * 2**20


@pytest.mark.parametrize("printed", ["", "no devices", "NVIDIA X, many", "{}", "NVIDIA X, -5", "\x00, 5"])
def test_no_gpu_here_is_told(home: Path, tmp_path: Path, printed: str) -> None:
    result = run_cli(
        ["add", "gpu", "--here", "--yes"], home, env=smi(tmp_path / "bin", "nvidia-smi", printed.replace("\0", "\x07"))
    )
    assert result.code == 2
    assert "no accelerator found on this machine" in result.stderr


def test_a_price_of_ones_own_is_shown(home: Path) -> None:
    result = run_cli(["add", "price", "H100", "--usd-per-hour", "2.49", "--seller", "Our Cloud", "--yes"], home)
    assert result.code == 0, result.stderr
    asked = "select target_id, terms, usd_per_hour from price join source using (source_id) where origin = 'user'"
    assert rows(run_cli(["query", asked, "-f", "json"], home)) == [
        {"target_id": "h100-sxm5-80gb", "terms": "on_demand", "usd_per_hour": 2.49}
    ]


LOG = """\
INFO 11-02 10:00:00 [api_server.py:11] vLLM API server version 0.19.0
INFO 11-02 10:00:01 [core.py:22] Initializing a V1 LLM engine (v0.19.0) with config: model='meta-llama/Meta-Llama-3.1-8B', \
dtype=torch.bfloat16, max_seq_len=8192, tensor_parallel_size=1, pipeline_parallel_size=1, quantization=None, kv_cache_dtype=auto
INFO 11-02 10:00:09 [gpu_model_runner.py:33] Model loading took 14.99 GiB memory and 5.5 seconds
INFO 11-02 10:00:20 [gpu_worker.py:44] Available KV cache memory: 54.10 GiB
INFO 11-02 10:00:20 [kv_cache_utils.py:55] GPU KV cache size: 443,200 tokens
INFO 11-02 10:00:20 [kv_cache_utils.py:56] Maximum concurrency for 8,192 tokens per request: 54.10x
"""


def test_a_pasted_log_is_set_beside_the_prediction(home: Path) -> None:
    flags = ["--gpu", "H100", "--memory-utilization", "0.9", "--id", "our-run"]
    result = run_cli(["add", "measurement", "-", *flags, "--yes"], home, stdin=LOG)
    assert result.code == 0, result.stderr
    assert "llama-3.1-8b in bf16 on 1 x h100-sxm5-80gb: loaded" in result.stdout
    asked = (
        "select quantity, measured, predicted from prediction_error where engine_run_id = 'our-run' order by quantity"
    )
    found = rows(run_cli(["query", asked, "-f", "json"], home))
    assert [row["quantity"] for row in found] == [
        "kv_capacity_tokens",
        "kv_pool_bytes",
        "max_concurrency",
        "weights_bytes",
    ]
    assert all(abs(row["predicted"] / row["measured"] - 1) < 0.05 for row in found)
    for row in found:
        assert any(
            f"{row['predicted']:,.12g}" in line for line in result.stdout.splitlines() if row["quantity"] in line
        )


def test_a_run_of_an_unknown_model_is_kept_without_a_prediction(home: Path) -> None:
    log = LOG.replace("meta-llama/Meta-Llama-3.1-8B", "our/secret-model")
    result = run_cli(["add", "measurement", "-", "--id", "secret", "--dry-run"], home, stdin=log)
    assert result.code == 0, result.stderr
    assert "name it with --model" in result.stdout and "name it with --gpu" in result.stdout
    assert "?" in result.stdout


def test_the_read_path_imports_none_of_the_importers_libraries(home: Path) -> None:
    code = (
        "import sys; from catalog_db.cli import main\n"
        "sys.argv = ['mlsysdb', 'fits', '--gpu', 'H100', '--limit', '1']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('gguf', 'safetensors', 'huggingface_hub', 'pynvml', 'torch', 'transformers') if m in sys.modules])"
    )
    import subprocess

    from conftest import environment

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(home), cwd=home)
    assert "h100-sxm5-80gb" in done.stderr, "an answer was given"
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
