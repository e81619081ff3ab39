"""What must hold for any question, tried on all models at once for accelerators and loads that hypothesis draws."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog_db import install

# A query answers for all models of the catalog, so that a few examples are some thousand cases.
drawn = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # an example is a query over all models: what fails is told by the rows
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

GPUS = ("h100-sxm5-80gb", "a100-sxm4-40gb", "l4", "l40s", "t4", "b200", "mi300x", "rtx-4090", "h200-sxm5-141gb")
engines = st.sampled_from(["vllm", "ideal", "vllm==0.19.0", "vllm==0.11.0"])
contexts = st.one_of(st.integers(1, 200_000), st.sampled_from([1, 16, 17, 4096, 8192, 131_072]))
batches = st.integers(1, 64)
devices = st.sampled_from([1, 2, 4, 8])
kv_dtypes = st.sampled_from([None, "bf16", "fp8"])


@pytest.fixture(scope="module")
def gpus(db: duckdb.DuckDBPyConnection) -> list[str]:
    """A few accelerators small and large, those of the list that the catalog has."""
    known = {row[0] for row in db.execute("select accelerator_id from accelerator").fetchall()}
    found = [gpu for gpu in GPUS if gpu in known]
    assert len(found) >= 5
    return found


def rows(db: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return db.execute(sql, {k: v for k, v in parameters.items() if f"${k}" in sql}).fetchall()


LOADS = """
    with load (tokens, sequences) as materialized (values ($less, $few), ($more, $few), ($less, $many)),
    planned as materialized (
        select plan.*
        from load, plan(
            $gpu, null, $devices, null, null, null, load.tokens, load.sequences, 'native', $kv, $engine,
            null, null, null, false, true
        ) as plan
    ),
    small as (from planned where context_tokens = $less and sequences = $few)
"""


@given(data=st.data(), lengths=st.tuples(contexts, contexts), counts=st.tuples(batches, batches), engine=engines)
@drawn
def test_a_larger_load_never_needs_less(
    db: duckdb.DuckDBPyConnection, gpus: list[str], data: Any, lengths: Any, counts: Any, engine: str
) -> None:
    (less, more), (few, many) = sorted(lengths), sorted(counts)
    asked = {
        "gpu": data.draw(st.sampled_from(gpus)), "devices": data.draw(devices), "kv": data.draw(kv_dtypes),
        "engine": engine, "less": less, "more": more, "few": few, "many": many,
    }  # fmt: skip
    worse = """
        select small.model, planned.context_tokens, planned.sequences, small.required_bytes, planned.required_bytes
        from planned join small using (model)
        where not (
            planned.required_bytes >= small.required_bytes and planned.headroom_bytes <= small.headroom_bytes
            and planned.kv_cache_bytes >= small.kv_cache_bytes and planned.kv_reserved_bytes >= small.kv_reserved_bytes
            and planned.fits <= small.fits
        )
    """
    assert rows(db, LOADS + worse, **asked) == []


@given(data=st.data(), tokens=contexts, many=st.integers(2, 64), engine=engines)
@drawn
def test_cache_is_linear_in_sequences(
    db: duckdb.DuckDBPyConnection, gpus: list[str], data: Any, tokens: int, many: int, engine: str
) -> None:
    sql = """
        select small.model, small.kv_cache_bytes, planned.kv_cache_bytes
        from planned join small using (model)
        where planned.sequences = $many and not (
            planned.kv_cache_bytes = $many * small.kv_cache_bytes
            and planned.kv_reserved_bytes = $many * small.kv_reserved_bytes
        )
    """
    asked = {
        "gpu": data.draw(st.sampled_from(gpus)), "devices": data.draw(devices), "kv": data.draw(kv_dtypes),
        "engine": engine, "less": tokens, "more": tokens, "few": 1, "many": many,
    }  # fmt: skip
    assert rows(db, LOADS + sql, **asked) == []


NARROWER = """
    with planned as materialized (
        from plan('h100-sxm5-80gb', null, $devices, null, $stages, null, 4096, 1, 'any', null, 'ideal',
            null, null, null, false, true)
    ),
    pair (narrow, wide) as (
        values ('int4', 'int8'), ('int8', 'bf16'), ('bf16', 'fp32'), ('int4', 'q4_0'), ('q4_0', 'q8_0'),
            ('q8_0', 'bf16'), ('awq-int4-g128', 'bf16'), ('fp8', 'bf16'),
            ('q2_k', 'q4_k_m'), ('q3_k_s', 'q3_k_m'), ('q4_k_m', 'q6_k')
    )
    select pair.narrow, pair.wide, count(*), count(*) filter (where not narrow.weights_bytes <= wide.weights_bytes)
    from pair
    join planned as narrow on narrow.weight_format = pair.narrow
    join planned as wide on wide.weight_format = pair.wide and wide.model = narrow.model
    group by all
"""


@pytest.mark.parametrize("shape", [(1, 1), (8, 1), (4, 2)], ids=["one device", "tp 8", "tp 2 x pp 2"])
def test_fewer_bits_never_need_more(db: duckdb.DuckDBPyConnection, shape: tuple[int, int]) -> None:
    found = rows(db, NARROWER, devices=shape[0], stages=shape[1])
    assert len(found) == 11
    assert [row for row in found if row[2] < 50] == [], "too few models are compared"
    assert [row for row in found if row[3] > 0] == []


@pytest.mark.parametrize("engine", ["ideal", "vllm"])
def test_a_narrower_cache_never_needs_more(db: duckdb.DuckDBPyConnection, engine: str) -> None:
    sql = """
        with planned as materialized (
            select plan.*
            from (values ('bf16'), ('fp8')) as dtype (name),
            plan('h100-sxm5-80gb', null, 1, null, null, null, 32768, 4, 'native', dtype.name, $engine,
                null, null, null, false, true)
            as plan
        )
        select narrow.model, narrow.kv_cache_bytes < wide.kv_cache_bytes, narrow.kv_cache_bytes <= wide.kv_cache_bytes
        from planned as narrow join planned as wide using (model)
        where narrow.kv_dtype = 'fp8' and wide.kv_dtype = 'bf16'
    """
    found = rows(db, sql, engine=engine)
    assert len(found) > 100
    assert [row for row in found if not row[2]] == []
    assert sum(row[1] for row in found) > 90, "the dtype of the cache makes no difference"


@pytest.mark.parametrize("engine", ["ideal", "vllm"])
@pytest.mark.parametrize("shape", [(2, 1), (64, 1), (4, 2)], ids=str)
def test_ranks_together_hold_the_whole_model(
    db: duckdb.DuckDBPyConnection, engine: str, shape: tuple[int, int]
) -> None:
    """Less the rests of the allocator's blocks, where the engine counts them: they depend on how matrices are cut."""
    sql = """
        with counted as (
            select exists (
                from engine_term join engine_profile using (engine_profile_id)
                where engine = $engine and driver = 'unsplit'
            )::int as unsplit
        )
        select
            whole.model,
            whole.weights_bytes - counted.unsplit * whole.unsplit_bytes,
            part.weights_bytes - counted.unsplit * part.unsplit_bytes
        from counted, plan('h100-sxm5-80gb', null, 1, null, null, null, 512, 1, 'native', null, $engine,
            null, null, null, false, true) as whole
        join plan('h100-sxm5-80gb', null, $devices, null, $stages, null, 512, 1, 'native', null, $engine,
            null, null, null, false, true)
            as part using (model)
    """
    found = rows(db, sql, engine=engine, devices=shape[0], stages=shape[1])
    assert len(found) > 100
    assert [row for row in found if not row[2] * shape[0] >= row[1] * (1 - 1e-12)] == [], "something is held by nobody"
    assert [row for row in found if not row[2] <= row[1] * 1.01] == [], "a rank holds more than there is"


FRONTIER = """
    with answered as materialized (
        from answer($gpu, null, $devices, null, null, null, $tokens, $sequences, 'native', $kv, $engine,
            null, null, null, false, true)
    ),
    probe as materialized (
        select answered.model, answered.{frontier} as frontier, step, answered.{frontier} + step as probed
        from answered, (values (0), (1)) as steps (step)
        where answered.{frontier} + step > 0
    )
    select probe.*, plan.fits
    from probe, plan(
        $gpu, probe.model, $devices, null, null, null, {tokens}, {sequences}, 'native', $kv, $engine,
            null, null, null, false, {beyond}
    ) as plan
    where plan.fits is distinct from (probe.step = 0)
"""


@given(data=st.data(), tokens=contexts, sequences=batches, engine=engines)
@drawn
def test_max_context_is_where_one_token_more_is_too_much(
    db: duckdb.DuckDBPyConnection, gpus: list[str], data: Any, tokens: int, sequences: int, engine: str
) -> None:
    sql = FRONTIER.format(frontier="max_context_tokens", tokens="probe.probed", sequences="$sequences", beyond="false")
    asked = {
        "gpu": data.draw(st.sampled_from(gpus)), "devices": data.draw(devices), "kv": data.draw(kv_dtypes),
        "engine": engine, "tokens": tokens, "sequences": sequences,
    }  # fmt: skip
    assert rows(db, sql, **asked) == []


@given(data=st.data(), tokens=contexts, engine=engines)
@drawn
def test_max_sequences_is_where_one_more_is_too_much(
    db: duckdb.DuckDBPyConnection, gpus: list[str], data: Any, tokens: int, engine: str
) -> None:
    sql = FRONTIER.format(frontier="max_sequences", tokens="$tokens", sequences="probe.probed", beyond="true")
    asked = {
        "gpu": data.draw(st.sampled_from(gpus)), "devices": data.draw(devices), "kv": data.draw(kv_dtypes),
        "engine": engine, "tokens": tokens, "sequences": 1,
    }  # fmt: skip
    assert rows(db, sql, **asked) == []


KINDS = {
    "full": "llama-3.1-8b", "sliding": "gemma-3-27b-it", "hybrid": "qwen3-next-80b-a3b-instruct",
    "mla": "deepseek-v3", "chunked": "llama-4-scout-17b-16e-instruct", "thin windows": "gpt-oss-20b",
}  # fmt: skip


@pytest.mark.parametrize("engine", ["ideal", "vllm"])
@pytest.mark.parametrize("model", KINDS.values(), ids=KINDS)
def test_max_context_is_what_a_search_over_all_contexts_finds(
    db: duckdb.DuckDBPyConnection, model: str, engine: str
) -> None:
    """Contexts 32 below to 32 above the frontier, and every 1/60 of the model's own: fits up to it, never after."""
    tight = rows(
        db,
        "select accelerator, devices, max_context_tokens, own_tokens"
        " from answer(null, $model, null, null, null, null, 512, 16,"
        " 'native', null, $engine, null, null, null, false, false)"
        " where max_context_tokens between 600 and own_tokens - 1 order by max_context_tokens limit 1",
        model=model, engine=engine,
    )  # fmt: skip
    assert tight, f"no accelerator is tight for {model}"
    gpu, count, frontier, own = tight[0]
    tried = sorted(
        {*range(frontier - 32, frontier + 33), *range(1, own + 1, max(1, own // 60)), own} & set(range(1, own + 1))
    )
    found = rows(
        db,
        "select plan.context_tokens, plan.fits from (select unnest($tried) as tokens) as load,"
        " plan($gpu, $model, $count, null, null, null, load.tokens, 16, 'native', null, $engine,"
        " null, null, null, false, false) as plan",
        model=model, engine=engine, gpu=gpu, count=count, tried=tried,
    )  # fmt: skip
    assert len(found) == len(tried)
    assert [row for row in found if row[1] != (row[0] <= frontier)] == []


EVERYTHING = """
    from plan(null, null, null, null, null, null, $tokens, 4, 'native', null, $engine,
        null, null, null, false, false)
"""


@pytest.mark.parametrize("engine", ["ideal", "vllm"])
@pytest.mark.parametrize("tokens", [None, 131_072])
def test_figures_of_a_row_agree(db: duckdb.DuckDBPyConnection, engine: str, tokens: int | None) -> None:
    wrong = """
        where not (
            required_bytes = weights_bytes + activation_bytes + cuda_graph_bytes + runtime_bytes + kv_reserved_bytes
            and headroom_bytes between usable_memory_bytes - required_bytes - 1
                and usable_memory_bytes - required_bytes + 1
            and usable_memory_bytes <= greatest(visible_memory_bytes, usable_memory_bytes * ($engine = 'ideal')::int)
            and kv_reserved_bytes >= kv_cache_bytes
            and weights_bytes > 0
            and fits = (required_bytes <= usable_memory_bytes and not is_beyond_context)
        )
    """
    select = (
        "select model, accelerator, devices, required_bytes, headroom_bytes, usable_memory_bytes, kv_reserved_bytes"
    )
    assert rows(db, select + EVERYTHING + wrong + " limit 5", engine=engine, tokens=tokens) == []


@pytest.mark.parametrize("engine", ["ideal", "vllm"])
def test_verdict_is_unknown_exactly_where_a_figure_is(db: duckdb.DuckDBPyConnection, engine: str) -> None:
    wrong = """
        where (fits is null) <> (required_bytes is null or usable_memory_bytes is null) and not is_beyond_context
    """
    assert (
        rows(db, "select model, accelerator, fits, required_bytes" + EVERYTHING + wrong, engine=engine, tokens=None)
        == []
    )


COPY = """
    insert into source (source_id, title, publisher, origin) values ('me', 'Mine', 'me', 'user');
    insert into model select * replace ('mine' as model_id, null as hf_id, 'Mine' as name, 'me' as source_id)
    from model where model_id = 'llama-3-8b';
"""
COPY_LAYERS = """
    insert into layer_group select * replace ('mine' as model_id, 'me' as source_id)
    from layer_group where model_id = 'llama-3-8b';
"""
COPY_TENSORS = """
    insert into tensor_group select * replace ('mine' as model_id, 'me' as source_id)
    from tensor_group where model_id = 'llama-3-8b';
"""


def verdicts(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    install.refresh(connection)
    return connection.sql(
        "select fits, required_bytes, headroom_bytes from fits('h100-sxm5-80gb') where model = 'mine'"
    ).fetchall()


def test_model_of_which_all_is_known_has_a_verdict(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute(COPY + COPY_LAYERS + COPY_TENSORS)
    found = verdicts(writable)
    assert len(found) == 1
    assert found[0][0] is True


def test_model_whose_weights_are_unknown_has_an_unknown_verdict(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute(COPY + COPY_LAYERS)
    assert verdicts(writable) == [(None, None, None)]


def test_model_whose_cache_is_unknown_has_an_unknown_verdict(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute(COPY + COPY_TENSORS)
    assert verdicts(writable) == [(None, None, None)]


def test_accelerator_whose_memory_is_unknown_has_an_unknown_verdict(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute(
        "insert into source (source_id, title, publisher, origin) values ('me', 'Mine', 'me', 'user');"
        "insert into accelerator select * replace ('my-gpu' as accelerator_id, 'My GPU' as name, 'me' as source_id)"
        " from accelerator where accelerator_id = 'h100-sxm5-80gb'"
    )
    install.refresh(writable)
    found = writable.sql("select fits, usable_memory_bytes from fits('my-gpu') where model = 'llama-3-8b'").fetchall()
    assert found == [(None, None)]


def test_unknown_name_gives_no_rows_rather_than_a_verdict(db: duckdb.DuckDBPyConnection) -> None:
    assert rows(db, "from fits('no such gpu')") == rows(db, "from fits_model('no such model')") == []
