-- What do the formulas give for each measured run whose model, device and weight format are known?
--
-- llama.cpp reports the cache it allocated, where vLLM and SGLang report the pool that is left for it. A run that speculates holds
-- the model's MTP layers too; what those cache is not modelled, so its capacity is unknown (several ranks: not modelled either).

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
            when run.engine = 'vllm' and version_number(run.engine_version) >= 8000
                then '==' || split_part(run.engine_version, '+', 1)
            else ''
        end || coalesce(
            (
                select '+' || string_agg(place.run_option, '.' order by place.run_option) from run_option as place
                where
                    place.engine_run_id = run.engine_run_id
                    and place.run_option in ('flashinfer', 'language_model_only', 'prefix_caching', 'wsl2')
            ),
            ''
        ) as engine,
        (
            select total.value from measurement as total
            where total.engine_run_id = run.engine_run_id and total.quantity = 'device_memory_bytes'
        ) as total_bytes
    from engine_run as run
    where
        run.engine in ('vllm', 'sglang', 'llama.cpp')
        and run.model_id is not null and run.accelerator_id is not null and run.weight_format_id is not null
        and not (run.engine = 'vllm' and version_number(run.engine_version) between 1 and 7999)
),

drafted as (
    select
        known.engine_run_id,
        sum(draft.weights_bytes) as draft_bytes
    from known
    inner join run_option as chosen on known.engine_run_id = chosen.engine_run_id and chosen.run_option = 'speculative_mtp'
    inner join kept_model_weight as draft
        on known.model_id = draft.model_id and known.weight_format_id = draft.weight_format_id and draft.role = 'mtp'
    where known.devices = 1
    group by known.engine_run_id
),

planned as (
    select
        known.engine_run_id,
        known.engine,
        plan.weights_bytes,
        plan.kv_pool_bytes,
        plan.kv_reserved_bytes,
        plan.kv_capacity_tokens,
        plan.block_pool_bytes,
        plan.activation_bytes,
        plan.cuda_graph_bytes,
        plan.runtime_bytes,
        plan.fits
    from
        known,
        plan(
            known.accelerator_id, known.model_id, known.devices, known.tensor_parallel, known.pipeline_parallel, null,
            known.context_tokens, 1, known.weight_format_id, known.kv_dtype_id, known.engine, known.memory_utilization,
            known.max_sequences, known.max_batched_tokens, false, true, total_memory_bytes := known.total_bytes
        ) as plan
),

held as (
    select
        planned.engine_run_id,
        planned.weights_bytes + coalesce(drafted.draft_bytes, 0) as weights_bytes,
        case
            when planned.engine = 'llama.cpp' then planned.kv_reserved_bytes
            else planned.kv_pool_bytes - coalesce(drafted.draft_bytes, 0)
        end as kv_pool_bytes,
        case when planned.engine <> 'llama.cpp' and drafted.draft_bytes is null then planned.kv_capacity_tokens end
            as kv_capacity_tokens,
        planned.activation_bytes,
        planned.cuda_graph_bytes,
        planned.runtime_bytes,
        case when drafted.draft_bytes is null then planned.block_pool_bytes / nullif(planned.kv_reserved_bytes, 0) end
            as max_concurrency,
        planned.fits
    from planned
    left join drafted on planned.engine_run_id = drafted.engine_run_id
)

select
    held.engine_run_id,
    figure.quantity,
    case figure.quantity
        when 'weights_bytes' then held.weights_bytes
        when 'kv_pool_bytes' then held.kv_pool_bytes
        when 'kv_capacity_tokens' then held.kv_capacity_tokens
        when 'activation_bytes' then held.activation_bytes
        when 'cuda_graph_bytes' then held.cuda_graph_bytes
        when 'runtime_bytes' then held.runtime_bytes
        when 'max_concurrency' then held.max_concurrency
        when 'fits' then case when held.fits then 1 when not held.fits then 0 end
    end as value
from held
cross join (
    values
    ('weights_bytes'), ('kv_pool_bytes'), ('kv_capacity_tokens'), ('activation_bytes'), ('cuda_graph_bytes'), ('runtime_bytes'),
    ('max_concurrency'), ('fits')
) as figure (quantity)
