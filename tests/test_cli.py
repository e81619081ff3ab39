"""The command line keeps its contract: exit codes, data on stdout and words on stderr, formats, names, bounds."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import CommandLine, environment

from catalog_db import explanation, query, question

COLUMNS = [
    "model",
    "accelerator",
    "devices",
    "tensor_parallel",
    "pipeline_parallel",
    "engine",
    "weight_format",
    "kv_dtype",
    "context_tokens",
    "sequences",
    "weights_bytes",
    "kv_cache_bytes",
    "kv_reserved_bytes",
    "activation_bytes",
    "cuda_graph_bytes",
    "runtime_bytes",
    "required_bytes",
    "visible_memory_bytes",
    "usable_memory_bytes",
    "headroom_bytes",
    "memory_utilization",
    "fits",
    "limiting_term",
    "kv_bytes_per_token",
    "kv_pool_bytes",
    "kv_capacity_tokens",
    "max_context_tokens",
    "max_sequences",
    "evidence_tier",
]
GOLDEN = Path(__file__).parent / "golden"
BOXES = re.compile(r"[\u2500-\u259f\x1b]")
OLD = ("serve", "Llama3_70B", "H100", "--seq-len", "4096", "--batch-size", "1", "--engine", "ideal")


@pytest.fixture(scope="module", autouse=True)
def ahead(run: CommandLine) -> None:
    """Run at once what needs no look at one another."""
    help_ = [(name, "--help") for name in COMMANDS]
    refused = [arguments for arguments, _ in REFUSED]
    old = [
        (*OLD, *more) for more in (("--gpus", "2"), ("--precision", "int4"), ("--format", "json"), ("--format", "csv"))
    ]
    run.ahead([(), *help_, *refused, *old, *GOLDENS.values()])


# Which models fit?


def test_fits_json_is_an_array_with_the_columns_of_the_contract(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "json")
    found = json.loads(done.stdout)
    assert done.code == 0
    assert len(found) == 5
    assert all(list(row)[: len(COLUMNS)] == COLUMNS for row in found)
    assert all(row["fits"] is True and row["accelerator"] == "h100-sxm5-80gb" for row in found)


def test_fits_jsonl_is_an_object_a_line(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "jsonl")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(row)[: len(COLUMNS)] for row in found] == [COLUMNS] * 5


def test_fits_csv_has_the_columns_of_the_contract(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "csv")
    found = list(csv.reader(io.StringIO(done.stdout)))
    assert found[0][: len(COLUMNS)] == COLUMNS
    assert len(found) == 6
    assert found[1][COLUMNS.index("fits")] == "true"


def test_fits_markdown_is_a_table(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "markdown")
    lines = done.stdout.splitlines()
    assert len(lines) == 7
    assert len({line.count("|") for line in lines}) == 1
    assert set(lines[1]) <= set("|-: ")


def test_fits_parquet_is_a_file_with_the_same_rows(run: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "fits.parquet"
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "parquet", "--output", str(file))
    assert (done.code, done.stdout) == (0, "")
    found = duckdb.read_parquet(str(file))
    assert found.columns[: len(COLUMNS)] == COLUMNS
    wanted = json.loads(run("fits", "--gpu", "H100", "--limit", "5", "--format", "json").stdout)
    assert [row[0] for row in found.fetchall()] == [row["model"] for row in wanted]


def test_fits_model_names_accelerators_and_how_many(run: CommandLine) -> None:
    done = run("fits", "--model", "llama-3-70b", "--format", "json")
    found = json.loads(done.stdout)
    assert done.code == 0
    assert {row["model"] for row in found} == {"llama-3-70b"}
    assert all(row["fits"] for row in found)
    counts = {row["accelerator"]: row["devices"] for row in found}
    assert counts["b200"] == 1
    assert counts["l4"] >= 8 if "l4" in counts else True


def test_all_shows_what_does_not_fit_too(run: CommandLine) -> None:
    fitting = json.loads(run("fits", "--gpu", "H100", "--format", "json").stdout)
    everything = json.loads(run("fits", "--gpu", "H100", "--all", "--format", "json").stdout)
    assert {row["fits"] for row in fitting} == {True}
    assert {row["fits"] for row in everything} >= {True, False}
    assert [row for row in everything if row["fits"]] == fitting


@pytest.mark.parametrize("sort", ["-headroom_bytes"])
def test_sort_orders_by_a_column(run: CommandLine, sort: str) -> None:
    found = json.loads(run("fits", "--gpu", "H100", "--sort", sort, "--format", "json").stdout)
    values = [row["headroom_bytes"] for row in found]
    assert len(values) > 20
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_assumptions_are_printed_on_stderr(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "json")
    for word in ("vllm", "8,192 tokens", "1 sequence", "KV cache", "weights auto"):
        assert word in done.stderr


def test_h100_means_the_sxm_board_and_says_so_with_its_siblings(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--limit", "5", "--format", "json")
    first = done.stderr.splitlines()[0]
    assert "H100" in first
    assert "h100-sxm5-80gb" in first
    assert "h100-pcie-80gb" in first
    assert "h100-nvl-94gb" in first


def test_exact_id_needs_no_note(run: CommandLine) -> None:
    assert "taken to mean" not in run("fits", "--gpu", "h100-pcie-80gb", "--limit", "1").stderr


def test_sizes_read_as_people_write_them(run: CommandLine) -> None:
    done = run("fits", "--gpu", "H100", "--context", "32k", "--batch", "1,000", "--weights", "int4",
               "--engine", "ideal",                "--all", "--limit", "1", "--format", "json")  # fmt: skip
    row = json.loads(done.stdout)[0]
    assert (row["context_tokens"], row["sequences"]) == (32768, 1000)


def asked(db: duckdb.DuckDBPyConnection, gpu: str, model: str | None = None, **options: object) -> question.Question:
    """A question as the command line prepares it."""
    return question.prepare(db, question.Options(**options), gpu=gpu, model=model)  # type: ignore[arg-type]


ENGINES = ("vllm", "ideal", "llama.cpp", "sglang", "transformers", "vllm==0.11.0", "vllm==0.19.0", "vllm==0.33.0")


@pytest.mark.parametrize("engine", ENGINES)
def test_each_engine_and_version_answers(db: duckdb.DuckDBPyConnection, engine: str) -> None:
    found = question.run_fits(db, asked(db, "H100", engine=engine), everything=False).dicts()
    assert len(found) > 10
    assert {row["engine"] for row in found} == {engine}
    assert {row["fits"] for row in found} == {True}


# Why, and what to do about it?


def test_explain_json_is_one_object_with_terms_citations_and_remedies(run: CommandLine) -> None:
    done = run(*OLD, "--format", "json")
    told = json.loads(done.stdout)
    assert done.code == 1
    assert [name for name in told if name in COLUMNS] == COLUMNS
    assert told["fits"] is False
    for part in ("terms", "citations", "remedies"):
        assert len(told[part]) >= 3, part
    assert all(term["formula"] and term["source_id"] and term["tier"] for term in told["terms"])
    assert all(cited["source_title"] and cited["place"] and cited["tier"] for cited in told["citations"])


@pytest.mark.parametrize(("gpus", "engine"), [(1, "ideal"), (8, "vllm")])
@pytest.mark.parametrize("model", ["deepseek-v3", "gpt-oss-120b", "qwen3-next-80b-a3b-instruct"])
def test_terms_add_up_to_the_answer(db: duckdb.DuckDBPyConnection, model: str, gpus: int, engine: str) -> None:
    wanted = asked(db, "H100", model, weights="native", gpus=gpus, engine=engine)
    told = explanation.explain(db, wanted)
    for word in ("weights", "kv_cache", "activation", "cuda_graph", "runtime"):
        parts = sum(term["bytes"] for term in told["terms"] if term["term"] == word)
        assert (word, parts) == (word, pytest.approx(told[f"{word}_bytes"], rel=1e-12))


def test_explain_as_rows_holds_the_terms(run: CommandLine) -> None:
    found = list(csv.DictReader(io.StringIO(run(*OLD, "--format", "csv").stdout)))
    assert {row["term"] for row in found} == {"weights", "kv_cache"}
    assert sum(float(row["bytes"]) for row in found if row["term"] == "weights") == 141_107_412_992


def test_older_tools_case_does_not_fit_and_says_by_how_much(run: CommandLine) -> None:
    done = run(*OLD)
    assert done.code == 1
    assert "does not fit" in done.stdout.splitlines()[0]
    used = re.search(r"([0-9.]+)% of 80\.00 GiB", done.stdout)
    assert used
    assert round(float(used[1])) == 166


def test_older_tools_case_as_json(run: CommandLine) -> None:
    told = json.loads(run(*OLD, "--format", "json").stdout)
    assert told["weights_bytes"] == 141_107_412_992
    assert told["kv_cache_bytes"] == 1_342_177_280
    assert told["usable_memory_bytes"] == 80 * 2**30
    remedies = {remedy["remedy"]: remedy for remedy in told["remedies"]}
    assert (remedies["int4_weights"]["factor"], remedies["int4_weights"]["fits"]) == (4, True)
    assert (remedies["int8_kv_cache"]["factor"], remedies["int8_kv_cache"]["fits"]) == (2, False)
    assert remedies["tensor_parallel"]["option"] == "--gpus 2"
    assert remedies["tensor_parallel"]["fits"] is True
    assert "paged_kv" in remedies
    assert (remedies["grouped_query_attention"]["factor"], remedies["grouped_query_attention"]["is_already"]) == (
        8,
        True,
    )


@pytest.mark.parametrize("remedy", [("--gpus", "2"), ("--precision", "int4")], ids=" ".join)
def test_remedies_of_the_older_tools_case_work(run: CommandLine, remedy: tuple[str, str]) -> None:
    done = run(*OLD, *remedy)
    assert done.code == 0
    assert " fits on " in done.stdout.splitlines()[0]


def test_each_remedy_does_what_it_promises(db: duckdb.DuckDBPyConnection) -> None:
    """The option of a remedy, taken as it stands, leads to the verdict and the sum that stand beside it."""
    load = {"gpus": 1, "batch": 8, "weights": "native"}
    remedies = explanation.explain(db, asked(db, "a100-sxm4-80gb", "llama-3-70b", **load))["remedies"]
    tried = [remedy for remedy in remedies if remedy["option"].startswith("--") and not remedy["is_already"]]
    assert len(tried) >= 4
    for remedy in tried:
        name, value = remedy["option"].removeprefix("--").replace("-", "_", 1).split(" ")
        wanted = asked(db, "a100-sxm4-80gb", "llama-3-70b", **(load | {name: value}))
        found = query.report(db, "explain", wanted.parameters).dicts()[0]
        assert (remedy["option"], found["fits"]) == (remedy["option"], remedy["fits"])
        assert (remedy["option"], found["required_bytes"]) == (
            remedy["option"],
            pytest.approx(remedy["required_bytes"], rel=1e-9),
        )


def test_context_above_the_models_own_is_refused(run: CommandLine) -> None:
    done = run("explain", "llama-3-70b", "H100", "--context", "16k")
    assert done.code == 2
    assert "8,192" in done.stderr
    assert "--beyond-context" in done.stderr


def test_context_above_the_models_own_is_marked_when_asked_for(run: CommandLine) -> None:
    done = run("explain", "llama-3-70b", "H100", "--context", "16k", "--gpus", "4", "--beyond-context")
    assert done.code == 0
    assert "beyond the model's own" in done.stdout.splitlines()[0]


def test_among_many_models_those_with_a_shorter_context_do_not_fit(run: CommandLine) -> None:
    rows = json.loads(
        run(
            "fits",
            "--gpu",
            "H200",
            "--context",
            "100k",
            "--all",
            "--weights",
            "int4",
            "--engine",
            "ideal",
            "-f",
            "json",
        ).stdout
    )
    short = [row for row in rows if row["model"] in ("llama-3-8b", "llama-2-7b", "mixtral-8x7b-v0.1")]
    assert len(short) == 3
    assert [(row["fits"], row["limiting_term"]) for row in short] == [(False, "context_tokens")] * 3


# Names, bounds and other refusals: exit code 2, one clear line, nothing on stdout.


REFUSED: list[tuple[tuple[str, ...], list[str]]] = [
        (("fits", "--gpu", "H1000"), ["unknown", "'H1000'", "h100-sxm5-80gb"]),
        (("fits", "--model", "lama-3-70b"), ["unknown", "llama-3-70b"]),
        (("explain", "Llama4", "H100"), ["means several", "llama-4-scout-17b", "llama-4-maverick-17b"]),
        (("fits", "--gpu", "H100", "--weights", "int3"), ["int3", "int4"]),
        (("fits", "--gpu", "H100", "--kv-dtype", "fp7"), ["fp7", "fp8"]),
        (("fits", "--gpu", "H100", "--engine", "torchserve"), ["--engine", "torchserve", "vllm", "ideal"]),
        (("fits", "--gpu", "H100", "--engine", "vllm==0.1"), ["--engine", "0.8.0"]),
        (("fits", "--gpu", "H100", "--context", "-5"), ["--context", "-5"]),
        (("fits", "--gpu", "H100", "--context", "9" * 30), ["--context", "1 to"]),
        (("fits", "--gpu", "H100", "--gpus", "8", "--tp", "3"), ["--tp 3", "--gpus"]),
        (("fits", "--gpu", "H100", "--memory-utilization", "2"), ["--memory-utilization", "above 0, at most 1"]),
        (("fits", "--gpu", "H100", "--memory-utilization", "half"), ["--memory-utilization"]),
        (("fits", "--gpu", "H100", "--sort", "colour"), ["--sort", "colour", "headroom_bytes"]),
        (("fits", "--gpu", "H100", "--format", "xml"), ["--format", "xml", "parquet"]),
        (("fits", "--gpu", "H100", "--format", "parquet"), ["parquet", "--output"]),
        (("fits",), ["--gpu", "--model"]),
        (("explain", "llama-3-70b", "H100", "--weights", "q4_k_m"), ["q4_k_m", "vllm"]),
        (("search", "qqzzxxjj"), ["qqzzxxjj"]),
        (("query", "selec 1"), ["SQL", "selec"]),
        (("query", "delete from model"), ["read-only"]),
        (("query", ""), ["no SQL"]),
        (("query", "--file", "no-such-file.sql"), ["--file", "no-such-file.sql"]),
        (("nosuchcommand",), ["nosuchcommand"]),
        (("explain", "llama-3-70b"), ["Missing argument"]),
        (("fits", "--colour", "red"), ["--colour"]),
]  # fmt: skip
COMMANDS = ("fits", "explain", "serve", "show", "search", "query", "path", "upgrade", "check")


@pytest.mark.parametrize(("arguments", "wanted"), REFUSED, ids=[" ".join(arguments)[:50] for arguments, _ in REFUSED])
def test_wrong_usage_is_exit_code_2_and_words_that_help(
    run: CommandLine, arguments: tuple[str, ...], wanted: list[str]
) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.stdout == ""
    assert [word for word in wanted if word not in done.stderr] == []
    assert not BOXES.search(done.stderr), "a pipe gets no box drawing"


def test_no_arguments_is_help(run: CommandLine) -> None:
    done = run()
    assert done.code in (0, 2)
    assert [command for command in COMMANDS if command not in done.stdout + done.stderr] == []
    assert not BOXES.search(done.stdout + done.stderr), "a pipe gets no box drawing"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run: CommandLine, command: str) -> None:
    done = run(command, "--help")
    assert (done.code, done.stderr) == (0, "")
    assert "--database" in done.stdout


@pytest.mark.parametrize("engine", ["llama.cpp==6900", "vllm==2026.1", "vllm==99999999999999999999"])
def test_version_beyond_those_known_has_the_newest_rules(run: CommandLine, engine: str) -> None:
    asked = ("fits", "--gpu", "H100", "--limit", "3", "--format", "json", "--engine")
    newest, beyond = (json.loads(run(*asked, name).stdout) for name in (engine.partition("==")[0], engine))
    assert [row | {"engine": engine} for row in newest] == beyond


# Where an answer goes.


@pytest.mark.parametrize(("form", "golden"), [("csv", "fits-h100.csv")])
def test_output_holds_what_a_pipe_would(run: CommandLine, tmp_path: Path, form: str, golden: str) -> None:
    file = tmp_path / "answer"
    done = run(*GOLDENS["fits-h100.txt"], "--format", form, "--output", str(file))
    assert (done.code, done.stdout) == (0, "")
    assert file.read_text(encoding="utf-8") == (GOLDEN / golden).read_text(encoding="utf-8")
    assert os.listdir(tmp_path) == ["answer"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_output_into_a_missing_folder_is_refused(run: CommandLine, tmp_path: Path, form: str) -> None:
    done = run(
        "fits", "--gpu", "H100", "--limit", "2", "--format", form, "--output", str(tmp_path / "missing" / "answer")
    )
    assert done.code == 2
    assert "--output" in done.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_output_onto_a_folder_is_refused_and_leaves_nothing(run: CommandLine, tmp_path: Path, form: str) -> None:
    (tmp_path / "folder").mkdir()
    done = run("fits", "--gpu", "H100", "--limit", "2", "--format", form, "--output", str(tmp_path / "folder"))
    assert done.code == 2
    assert "--output" in done.stderr
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_output_into_a_folder_without_permission_is_refused(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    done = run("fits", "--gpu", "H100", "--format", "csv", "--output", str(tmp_path / "locked" / "answer"))
    assert done.code == 2
    assert "--output" in done.stderr


def test_output_that_fails_keeps_the_file_that_was_there(run: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_text("before", encoding="utf-8")
    assert run("fits", "--gpu", "H1000", "--output", str(file)).code == 2
    assert file.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_reader_that_stops_early_is_no_error(data_home: Path, form: str) -> None:
    command = [sys.executable, "-m", "catalog_db", "query", "from tensor_group", "--format", form]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(data_home), cwd=data_home
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_is_told(data_home: Path) -> None:
    command = [sys.executable, "-m", "catalog_db", "search", "4090"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", env=environment(data_home), cwd=data_home
        )
    assert (done.returncode, done.stderr) == (2, "mlsysdb: standard output: No space left on device\n")


# SQL.


def test_query_from_the_command_line_a_pipe_and_a_file(run: CommandLine, tmp_path: Path) -> None:
    sql = "select count(*) as models from model"
    (tmp_path / "count.sql").write_text(sql, encoding="utf-8")
    answers = {
        run("query", sql, "-f", "json").stdout,
        run("query", "-f", "json", stdin=sql).stdout,
        run("query", "-", "-f", "json", stdin=sql).stdout,
        run("query", "--file", str(tmp_path / "count.sql"), "-f", "json").stdout,
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())[0]["models"] > 100


def test_query_knows_units(run: CommandLine) -> None:
    done = run(
        "query", "select convert_unit(80, 'GiB', 'GB') as gb, parse_quantity('3.35 TB/s') as speed", "-f", "json"
    )
    assert json.loads(done.stdout) == [{"gb": 85.89934592, "speed": 3.35e12}]


def test_query_with_an_unknown_unit_is_exit_code_2(run: CommandLine) -> None:
    done = run("query", "select convert_unit(1, 'GB', 'furlong')")
    assert done.code == 2
    assert "furlong" in done.stderr


def test_query_runs_several_statements_and_shows_the_last(run: CommandLine) -> None:
    done = run("query", "create temp table nodes as select 'H100' as gpu; select gpu from nodes", "-f", "csv")
    assert (done.code, done.stdout) == (0, "gpu\nH100\n")


def test_query_can_ask_fits(run: CommandLine) -> None:
    done = run(
        "query",
        "select count(*) as n from mlsysdb.fits('H100', context_tokens := 32768, sequences := 8) where fits",
        "-f",
        "csv",
    )
    assert done.code == 0
    assert int(done.stdout.splitlines()[1]) > 20


def test_unknown_is_empty_in_csv_null_in_json_and_a_question_mark_in_a_table(run: CommandLine) -> None:
    sql = "select 1::bigint as known, null::bigint as unknown"
    assert run("query", sql, "-f", "csv").stdout == "known,unknown\n1,\n"
    assert json.loads(run("query", sql, "-f", "json").stdout) == [{"known": 1, "unknown": None}]
    assert run("query", sql).stdout.split() == ["known", "unknown", "1", "?"]


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_is_json_even_of_numbers_that_are_none(run: CommandLine, form: str) -> None:
    done = run("query", "select 'NaN'::double as nan, 'inf'::double as inf, '-inf'::double as minus", "-f", form)
    json.loads(done.stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_table_shows_numbers_that_are_none(run: CommandLine) -> None:
    assert run("query", "select 'NaN'::double as nan, 'inf'::double as inf").code == 0


def test_values_of_any_type_can_be_printed(run: CommandLine) -> None:
    sql = """
        select [1, 2] as list, {'a': 1} as struct, date '2026-01-31' as day, 'ab'::blob as bytes,
            interval 1 day as span,            1.5::decimal(4, 2) as money
    """
    for form in ("table", "json", "csv"):
        assert run("query", sql, "-f", form).code == 0


# The other commands.


def test_path_is_the_database(run: CommandLine, data_home: Path) -> None:
    done = run("path")
    assert (done.code, done.stdout.strip(), done.stderr) == (0, str(data_home / "mlsysdb" / "mlsysdb.duckdb"), "")


def test_database_can_be_named_by_option_and_variable(run: CommandLine, catalog: Path) -> None:
    assert run("path", "--database", str(catalog)).stdout.strip() == str(catalog)
    assert run("path", env={"MLSYSDB_DATABASE": str(catalog)}).stdout.strip() == str(catalog)


@pytest.mark.parametrize(
    ("name", "kind", "figure"),
    [("H100", "accelerator", "memory"), ("llama-3-70b", "model", "hidden_size"), ("int4", "weight format", "bits"),
     ("vllm", "engine", "default_utilization")],
)  # fmt: skip
def test_show_gives_each_figure_its_source(run: CommandLine, name: str, kind: str, figure: str) -> None:
    done = run("show", name, "--format", "json")
    rows = json.loads(done.stdout)
    assert done.code == 0
    assert kind in done.stderr
    assert any(figure in row["figure"] for row in rows)
    assert all(row["source"] and row["place"] and row["tier"] for row in rows)


@pytest.mark.parametrize(
    ("typed", "meant"), [("lama-3-70b", "llama-3-70b"), ("h10", "h100-sxm5-80gb"), ("deepsek-v3", "deepseek-v3")]
)
def test_search_forgives_a_typo(run: CommandLine, typed: str, meant: str) -> None:
    done = run("search", typed, "--format", "json")
    assert done.code == 0
    assert meant in [row["id"] for row in json.loads(done.stdout)][:5]


def test_search_puts_the_exact_name_first(run: CommandLine) -> None:
    assert json.loads(run("search", "llama-3-70b", "--format", "json").stdout)[0]["id"] == "llama-3-70b"


def test_check_finds_nothing_wrong(run: CommandLine) -> None:
    done = run("check", "--format", "json")
    assert done.code == 0
    assert {row["result"] for row in json.loads(done.stdout)} == {"ok"}


def test_check_says_what_is_wrong_and_exits_with_1(run: CommandLine, writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute("update accelerator_spec set locator = '' where accelerator_id = 'h100-sxm5-80gb'")
    file = writable.execute("select path from duckdb_databases() where database_name = 'mlsysdb'").fetchall()[0][0]
    writable.close()
    done = run("check", "--database", file)
    assert done.code == 1
    assert re.search(r"figure_without_source\s+\d+ row", done.stdout)


def test_version_is_printed(run: CommandLine) -> None:
    assert re.fullmatch(r"mlsysdb \d+\.\d+\.\d+\S*\n", run("--version").stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_shell_completion_can_be_shown(data_home: Path, shell: str) -> None:
    script = Path(sys.executable).with_name("mlsysdb")
    if not script.exists():
        pytest.skip("mlsysdb is not installed as a command beside this Python")
    done = subprocess.run(
        [script, "--show-completion", shell],
        env=environment(data_home, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"),
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "mlsysdb" in done.stdout


def test_shell_completion_completes_commands(data_home: Path) -> None:
    script = Path(sys.executable).with_name("mlsysdb")
    if not script.exists():
        pytest.skip("mlsysdb is not installed as a command beside this Python")
    done = subprocess.run(
        [script], capture_output=True, encoding="utf-8", timeout=60,
        env=environment(data_home, _MLSYSDB_COMPLETE="complete_bash", COMP_WORDS="mlsysdb expl", COMP_CWORD="1"),
    )  # fmt: skip
    assert done.stdout.split() == ["explain"]


# Golden files: what a pipe gets, to the letter.

GOLDENS = {
    "fits-h100.txt": ("fits", "--gpu", "H100", "--limit", "5"),
    "fits-h100.csv": ("fits", "--gpu", "H100", "--limit", "5", "--format", "csv"),
    "fits-h100.json": ("fits", "--gpu", "H100", "--limit", "5", "--format", "json"),
    "fits-h100.md": ("fits", "--gpu", "H100", "--limit", "5", "--format", "markdown"),
    "search-llama-3.txt": ("search", "llama-3-70b", "--limit", "5"),
    "explain-ideal.txt": OLD,
}


@pytest.mark.parametrize("name", GOLDENS)
def test_pipe_gets_exactly_what_the_golden_file_holds(
    run: CommandLine, name: str, request: pytest.FixtureRequest
) -> None:
    done = run(*GOLDENS[name])
    file = GOLDEN / name
    if request.config.getoption("--update-golden"):
        file.write_text(done.stdout, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == done.stdout
    assert not BOXES.search(done.stdout)
