-- What do the formulas give for each measured run whose model, device and weight format are known?
--
-- llama.cpp reports the cache it allocated, where vLLM and SGLang report the pool that is left for it.

with known as (
    select
        run.engine_run_id,
        run.accelerator_id,
        run.model_id,
        run.devices,
        run.tensor_parallel,
        run.pipeline_parallel,
        run.context_tokens,
        run.weight_format_id,
        run.kv_dtype_id,
        run.memory_utilization,
        run.max_sequences,
        run.max_batched_tokens,
        run.engine || case
            when run.engine = 'vllm' and version_number(run.engine_version) >= 8000 then '==' || run.engine_version else ''
        end as engine
    from engine_run as run
    where
        run.engine in ('vllm', 'sglang', 'llama.cpp')
        and run.model_id is not null and run.accelerator_id is not null and run.weight_format_id is not null
        and not (run.engine = 'vllm' and version_number(run.engine_version) between 1 and 7999)
),

planned as (
    select
        known.engine_run_id,
        plan.weights_bytes,
        case when known.engine = 'llama.cpp' then plan.kv_reserved_bytes else plan.kv_pool_bytes end as kv_pool_bytes,
        case when known.engine = 'llama.cpp' then null else plan.kv_capacity_tokens end as kv_capacity_tokens,
        plan.activation_bytes,
        plan.cuda_graph_bytes,
        plan.runtime_bytes,
        plan.block_pool_bytes / nullif(plan.kv_reserved_bytes, 0) as max_concurrency,
        plan.fits
    from
        known,
        plan(
            known.accelerator_id, known.model_id, known.devices, known.tensor_parallel, known.pipeline_parallel, null,
            known.context_tokens, 1, known.weight_format_id, known.kv_dtype_id, known.engine, known.memory_utilization,
            known.max_sequences, known.max_batched_tokens, false, true
        ) as plan
)

select
    planned.engine_run_id,
    figure.quantity,
    case figure.quantity
        when 'weights_bytes' then planned.weights_bytes
        when 'kv_pool_bytes' then planned.kv_pool_bytes
        when 'kv_capacity_tokens' then planned.kv_capacity_tokens
        when 'activation_bytes' then planned.activation_bytes
        when 'cuda_graph_bytes' then planned.cuda_graph_bytes
        when 'runtime_bytes' then planned.runtime_bytes
        when 'max_concurrency' then planned.max_concurrency
        when 'fits' then case when planned.fits then 1 when not planned.fits then 0 end
    end as value
from planned
cross join (
    values
    ('weights_bytes'), ('kv_pool_bytes'), ('kv_capacity_tokens'), ('activation_bytes'), ('cuda_graph_bytes'), ('runtime_bytes'),
    ('max_concurrency'), ('fits')
) as figure (quantity)
