"""The questions of the command line and of Python: options as people write them -> parameters of a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb

from catalog_db import database as databases
from catalog_db import machine, names, query, sizes
from catalog_db.errors import UsageError

ENGINES = {"llamacpp": "llama.cpp", "hf": "transformers"}


@dataclass
class Options:
    """What `fits` and `explain` share; None means the default that the answer states."""

    gpus: int | str | None = None
    tp: int | str | None = None
    pp: int | str | None = None
    ep: int | str | None = None
    context: int | str | None = None
    batch: int | str | None = None
    weights: str = "auto"
    kv_dtype: str | None = None
    engine: str = "vllm"
    memory_utilization: float | str | None = None
    max_sequences: int | str | None = None
    max_batched_tokens: int | str | None = None
    enforce_eager: bool = False
    beyond_context: bool = False


@dataclass
class Question:
    """A question whose names are resolved and whose values are checked."""

    parameters: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def fits(
    *,
    gpu: str | None = None,
    model: str | None = None,
    database: str | None = None,
    everything: bool = True,
    **options: Any,
) -> query.Answer:
    """The rows of `fits`: models for `gpu`, or accelerators for `model`; all of them, verdicts of false included."""
    if (gpu is None) == (model is None):
        raise UsageError("fits wants either a GPU (--gpu H100) or a model (--model llama-3-70b), and not both")
    connection = databases.open_catalog(database, is_python=True)
    asked = prepare(connection, Options(**options), gpu=gpu, model=model)
    return run_fits(connection, asked, everything)


def run_fits(connection: duckdb.DuckDBPyConnection, asked: Question, everything: bool) -> query.Answer:
    """Run the report for a prepared question."""
    parameters = asked.parameters | {"everything": everything}
    unused = parameters.pop("gpu" if parameters["gpu"] is None else "model")
    assert unused is None
    if "model" in parameters:
        return query.many(connection, "fits_model", parameters)
    parameters["devices"] = parameters["devices"] or least_devices(parameters)
    return query.many(connection, "fits_gpu", parameters)


def least_devices(parameters: dict[str, Any]) -> int:
    """The devices that tensor and pipeline parallelism make together; 1 when neither is asked for."""
    return (parameters["tensor_parallel"] or 1) * (parameters["pipeline_parallel"] or 1)


def prepare(
    connection: duckdb.DuckDBPyConnection,
    options: Options,
    *,
    gpu: str | None = None,
    model: str | None = None,
) -> Question:
    """Resolve names and check values; notes say what was taken for granted. Raises UsageError."""
    notes: list[str] = []
    engine = _engine(connection, options.engine)
    published = None if model is None else names.checkpoint(connection, model, engine)
    parameters = _numbers(options)
    gpu = _in_machine(connection, gpu, parameters, notes)
    parameters |= {
        "gpu": _named(connection, "accelerator", gpu, notes),
        "model": _subject(published) or _named(connection, "model", model, notes),
        "weight_format": _format(connection, options.weights, notes, published),
        "kv_dtype": _named(connection, "kv_dtype", options.kv_dtype, notes),
        "engine": engine,
        "enforce_eager": options.enforce_eager,
        "beyond_context": options.beyond_context,
    }
    if published:
        notes.append(_as_published(published, engine))
    _check_split(parameters)
    _check_slice(connection, parameters)
    _check_context(connection, parameters, published["model_id"] if published else parameters["model"])
    return Question(parameters, notes)


def _numbers(options: Options) -> dict[str, Any]:
    def whole(value: int | str | None, what: str, largest: int) -> int | None:
        return None if value is None else sizes.count(value, what, largest)

    share = options.memory_utilization
    return {
        "devices": whole(options.gpus, "--gpus", 100_000),
        "tensor_parallel": whole(options.tp, "--tp", 1024),
        "pipeline_parallel": whole(options.pp, "--pp", 1024),
        "expert_parallel": whole(options.ep, "--ep", 1024),
        "context_tokens": whole(options.context, "--context", 100_000_000),
        "sequences": whole(options.batch, "--batch", 1_000_000),
        "max_sequences": whole(options.max_sequences, "--max-sequences", 1_000_000),
        "max_batched_tokens": whole(options.max_batched_tokens, "--max-batched-tokens", 10_000_000),
        "memory_utilization": None if share is None else sizes.fraction(share, "--memory-utilization"),
    }


def _named(connection: duckdb.DuckDBPyConnection, kind: str, text: str | None, notes: list[str]) -> str | None:
    if text is None:
        return None
    chosen, siblings = names.resolve(connection, kind, text)
    if siblings:
        notes.append(f"{text} is taken to mean {chosen}; others: {', '.join(siblings)}")
    return chosen


def _in_machine(
    connection: duckdb.DuckDBPyConnection, text: str | None, parameters: dict[str, Any], notes: list[str]
) -> str | None:
    """For a system's name its accelerator, with `devices` set to those it has; any other name as it is."""
    found = machine.named(connection, text)
    if found is None:
        return text
    parameters["devices"] = found.devices_to_use(parameters)
    notes.append(found.words(parameters["devices"]))
    return found.accelerator_id


def _format(
    connection: duckdb.DuckDBPyConnection, text: str, notes: list[str], published: dict[str, Any] | None
) -> str | None:
    """The weight format asked for; a checkpoint is in its own, and asking for another contradicts it."""
    if published is None:
        return text if text in ("auto", "native", "any") else _named(connection, "weight_format", text, notes)
    own = str(published["weight_format_id"])
    if text not in ("auto", "native", "any") and own not in names.meanings(connection, "weight_format", text):
        raise UsageError(
            f"--weights {text}, but {published['text']} is stored as {own}: leave --weights out, "
            f"or name the model, {published['model_id']}"
        )
    return own


def _subject(published: dict[str, Any] | None) -> str | None:
    """What the answer is about: a checkpoint, or the model that a name was read as."""
    return str(published["checkpoint_id"] or published["model_id"]) if published else None


def _as_published(published: dict[str, Any], engine: str) -> str:
    """What naming a checkpoint settles, in words. Raises UsageError when the engine does not load its format."""
    text, stored = published["text"], published["weight_format_id"]
    if not published["is_loaded"]:
        others = f"--engine {published['engines']} does" if published["engines"] else "--engine ideal sums it up"
        raise UsageError(f"{engine} does not load {stored}, as {text} is stored; {others}")
    if published["checkpoint_id"] is None:
        return f"{text} is no checkpoint of the catalog, read as {published['model_id']} in {stored}: weights estimated"
    printed = published["as_printed"]
    size = f"as published ({printed})" if printed else "estimated, its size is not known"
    return f"{published['checkpoint_id']} is {published['model_id']} in {stored}: weights {size}"


def _engine(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    name, _, version = text.partition("==")
    engine = ENGINES.get(name.lower(), name.lower()) + (f"=={version}" if version else "")
    if not query.report(connection, "engine", {"engine": engine}).rows:
        known = query.report(connection, "engines").rows
        listed = ", ".join(f"{row[0]} ({row[1]})" if row[1] else str(row[0]) for row in known)
        raise UsageError(f"--engine: no rules for {text!r}; known: {listed}")
    return engine


def _check_split(parameters: dict[str, Any]) -> None:
    devices, tensor, pipeline = (parameters[key] for key in ("devices", "tensor_parallel", "pipeline_parallel"))
    if devices and pipeline and devices % pipeline:
        raise UsageError(f"--gpus {devices} cannot be split into --pp {pipeline} equal stages")
    if devices and tensor and tensor * (pipeline or 1) != devices:
        raise UsageError(
            f"--tp {tensor} x --pp {pipeline or 1} is {tensor * (pipeline or 1)} devices, but --gpus says {devices}"
        )


def _check_slice(connection: duckdb.DuckDBPyConnection, parameters: dict[str, Any]) -> None:
    """Slices that cannot exchange data (MIG instances) serve a model each."""
    if parameters["gpu"] is None or max(parameters["devices"] or 1, least_devices(parameters)) == 1:
        return
    found = query.report(connection, "slice", {"accelerator": parameters["gpu"]}).first
    if found and found["is_peer_to_peer"] is False:
        raise UsageError(
            f"{parameters['gpu']}: slices of a device that cannot exchange data do not serve one model together; "
            f"ask for one of them, or for the whole device: --gpu {found['parent_id']}"
        )


def _check_context(connection: duckdb.DuckDBPyConnection, parameters: dict[str, Any], model: str | None) -> None:
    """A context above the model's own is refused unless asked for; among many models it is a verdict of false."""
    if model is None or parameters["context_tokens"] is None or parameters["beyond_context"]:
        return
    rows = query.report(connection, "model_context", {"model": model}).rows
    own = rows[0][0] if rows else None
    if own is not None and parameters["context_tokens"] > own:
        raise UsageError(
            f"--context {parameters['context_tokens']:,} is above the {own:,} tokens that {model} "
            "supports; say --beyond-context to compute it all the same"
        )


def assumptions(asked: Question, row: dict[str, Any] | None) -> str:
    """One line that says what was assumed, from the answer itself where there is one."""
    parameters = asked.parameters
    given = row or {}
    own = given.get("context_tokens") if parameters["model"] else None
    context = parameters["context_tokens"] or own
    words = [
        f"engine {_engine_words(parameters['engine'], given)}",
        f"context {context:,} tokens" if context else "context 8,192 tokens (or the model's own, if shorter)",
        _plural(given.get("sequences") or parameters["sequences"] or 1, "sequence"),
        f"KV cache in {parameters['kv_dtype'] or 'the model dtype'}",
        f"weights {parameters['weight_format']}",
    ]
    if parameters["beyond_context"]:
        words.append("contexts beyond the model's own allowed")
    return "assuming " + ", ".join(words)


def _engine_words(engine: str, row: dict[str, Any]) -> str:
    profile = row.get("engine_profile_id")
    return f"{engine} (rules {profile})" if profile else engine if "==" in engine else f"{engine}, newest rules"


def _plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def summary(
    connection: duckdb.DuckDBPyConnection, asked: Question, answer: query.Answer, shown: int, everything: bool
) -> str:
    """What the table leaves out or takes for granted, in words."""
    kind = "accelerators" if asked.parameters["gpu"] is None else "models"
    total = query.report(connection, "count", {"kind": kind}).rows[0][0]
    estimated = sum(1 for row in answer.dicts() if row["is_memory_estimated"])
    words = [] if everything else [f"{len(answer)} of {total} {kind} fit; --all shows the others"]
    if shown < len(answer):
        words.append(f"{shown} of {len(answer)} rows shown")
    if kind == "accelerators":
        words.append("by memory alone: whether the engine runs on a device is not judged")
    if estimated:
        words.append(f"the memory total is an estimate for {estimated} of the rows (is_memory_estimated)")
    return "; ".join(words)
