"""A run of an engine, from its log or as stated -> rows of engine_run, measurement and run_option."""

from __future__ import annotations

import math
import re
from typing import Any

from catalog_db.errors import UsageError
from catalog_db.importers.derive import PLAIN_FORMATS
from catalog_db.importers.engine_log import Figure, Log
from catalog_db.importers.understood import Origin, Row, Rows, slug, source_row

ENGINES = ("vllm", "sglang", "llama.cpp", "transformers", "ideal")
OUTCOMES = ("loaded", "out_of_memory", "failed", "unknown")
# What engines call a quantisation, where the catalog's format has another name.
FORMATS = {
    "awq": "awq-int4-g128", "awq_marlin": "awq-int4-g128", "gptq": "gptq-int4-g128", "gptq_marlin": "gptq-int4-g128",
    "fp8": "fp8", "mxfp4": "mxfp4", "modelopt": "fp8", "modelopt_fp4": "nvfp4", "bitsandbytes": "bnb-nf4",
    "w8a8_int8": "int8-w8a8", "w8a8_fp8": "fp8-dynamic",
}  # fmt: skip


def stated(engine: str) -> Log:
    """A run that no log is shown of: `vllm`, or a version of it as `vllm==0.19.0`."""
    name, _, version = engine.partition("==")
    if name not in ENGINES or (version and not re.fullmatch(r"[\w.+\-]{1,40}", version)):
        raise UsageError(
            f"--engine: {engine!r:.80} is not one of {', '.join(ENGINES)}, with ==VERSION behind it or not"
        )
    return Log(name, version or None)


def format_name(log: Log) -> str | None:
    """The weight format that a log names, in the catalog's words; None when it names none."""
    said = log.quantization
    if log.engine != "llama.cpp":
        return None if said is None else FORMATS.get(said.lower(), said)
    if said is None:
        return None
    name, _, kind = said.partition(" - ")
    letter = {"Small": "_s", "Medium": "_m", "Large": "_l"}.get(kind, "")
    plain = {"F16": "gguf-f16", "BF16": "gguf-bf16", "F32": "gguf-f32", "all": "gguf-f32", "MXFP4": "mxfp4_moe"}
    return plain.get(name, name.lower() + letter)


def plain_format(log: Log) -> str | None:
    """The format of the dtype that a log names when it names no quantisation."""
    return None if log.quantization else PLAIN_FORMATS.get(str(log.dtype).removeprefix("torch."))


def figure(quantity: str, text: str, value: float) -> tuple[str, Figure]:
    """A stated figure. Raises UsageError when it is none."""
    if not (math.isfinite(value) and 0 < value < 1e15):
        raise UsageError(f"{quantity}: {text!r:.60} is out of range")
    return quantity, Figure(text.strip()[:80], value)


def rows(log: Log, run_id: str, origin: Origin, ids: dict[str, Any]) -> Rows:
    """The run's rows; `ids` are model_id, accelerator_id, weight_format_id and kv_dtype_id, None where unknown."""
    if not log.figures and log.outcome == "unknown":
        raise UsageError("nothing was measured: give a log, or a figure such as --weights-bytes 33.88GiB")
    source = source_row(f"user-run-{slug(run_id)}", origin)
    run: Row = {
        "engine_run_id": run_id, "engine": log.engine, "engine_version": log.version,
        "model_as_printed": log.model or ids["model_id"] or "not named", "accelerator_as_printed": log.device, **ids,
        "devices": log.devices, "tensor_parallel": log.tensor_parallel, "pipeline_parallel": log.pipeline_parallel,
        "context_tokens": log.context_tokens, "memory_utilization": log.memory_utilization,
        "max_sequences": log.max_sequences, "max_batched_tokens": log.max_batched_tokens, "outcome": log.outcome,
        "source_id": source["source_id"], "locator": origin.locator, "tier": origin.tier,
    }  # fmt: skip
    measured = [
        {"engine_run_id": run_id, "quantity": name, "as_printed": each.as_printed, "value": float(each.value)}
        for name, each in log.figures.items()
    ]
    options = [{"engine_run_id": run_id, "run_option": "speculative_mtp"}] if log.is_speculative else []
    return {"source": [source], "engine_run": [run], "measurement": measured, "run_option": options}


def devices(log: Log) -> int:
    """Devices of the run: as told, else ranks times stages."""
    return log.devices or (log.tensor_parallel or 1) * (log.pipeline_parallel or 1)
