-- What helps when a model does not fit (or is tight), how much each remedy saves, and what it trades away where a source says.
--
-- The base is the answer kept as `explain`: the same model, accelerator, engine and load. Savings are bytes on the fullest
-- device.

with base as (
    select
        explain.*,
        model.heads,
        model.kv_heads,
        profile.kv_layout,
        profile.engine as engine_name
    from explain
    inner join model on explain.model = model.model_id
    inner join engine_profile as profile on explain.engine_profile_id = profile.engine_profile_id
),

tried as (
    select
        'other_format' as way,
        $devices::bigint as devices,
        $tensor_parallel::bigint as tensor_parallel,
        $expert_parallel::bigint as expert_parallel,
        'any' as weight_format,
        $kv_dtype::varchar as kv_dtype
    union all
    select 'narrow_cache', $devices, $tensor_parallel, $expert_parallel, $weight_format, $narrow_kv_dtype
    union all
    select 'more_devices', null, null, null, $weight_format, $kv_dtype
),

planned as (
    select
        tried.way,
        plan.*
    from tried,
        plan(
            $gpu, $model, tried.devices, tried.tensor_parallel, $pipeline_parallel, tried.expert_parallel, $context_tokens,
            $sequences, tried.weight_format, tried.kv_dtype, $engine, $memory_utilization, $max_sequences, $max_batched_tokens,
            $enforce_eager, $beyond_context
        ) as plan
),

other_format as (
    select
        planned.*,
        format.family,
        row_number() over (
            partition by format.family
            order by
                case when format.weight_format_id = format.family then 0 when format.is_auto then 1 else 2 end,
                (
                    select count(*) from weight_format_engine as loads
                    where loads.weight_format_id = format.weight_format_id
                ) desc,
                format.weight_format_id
        ) as choice
    from base
    inner join planned on planned.way = 'other_format' and planned.weights_bytes < base.weights_bytes * 0.9
    inner join weight_format as format on planned.weight_format = format.weight_format_id
    where format.family in ('fp8', 'int8', 'int4')
),

narrow_cache as (
    select planned.*
    from planned
    where planned.way = 'narrow_cache'
),

more_devices as (
    select
        planned.*,
        row_number() over (partition by coalesce(planned.fits, false) order by planned.devices) as choice
    from base
    inner join planned on planned.way = 'more_devices' and base.devices < planned.devices
),

remedy as (
    select
        1 as ordinal,
        other_format.family || '_weights' as remedy,
        'weights as ' || other_format.weight_format as change,
        '--weights ' || other_format.weight_format as option,
        base.weights_bytes - other_format.weights_bytes as saved_bytes,
        base.weights_bytes / other_format.weights_bytes as factor,
        other_format.required_bytes,
        other_format.memory_utilization,
        other_format.fits,
        false as is_already
    from base
    inner join other_format on other_format.choice = 1
    union all
    select
        2, $narrow_kv_dtype || '_kv_cache', 'KV cache as ' || $narrow_kv_dtype, '--kv-dtype ' || $narrow_kv_dtype,
        base.kv_reserved_bytes - narrow_cache.kv_reserved_bytes,
        base.kv_reserved_bytes / narrow_cache.kv_reserved_bytes,
        narrow_cache.required_bytes, narrow_cache.memory_utilization, narrow_cache.fits, false
    from base
    inner join narrow_cache on base.kv_reserved_bytes > narrow_cache.kv_reserved_bytes
    union all
    select
        3, 'tensor_parallel', 'tensor parallel over ' || more_devices.devices || ' devices',
        '--gpus ' || more_devices.devices,
        base.required_bytes - more_devices.required_bytes,
        base.required_bytes / more_devices.required_bytes,
        more_devices.required_bytes, more_devices.memory_utilization, more_devices.fits, false
    from base
    inner join more_devices on more_devices.choice = 1
    union all
    select
        4, 'shorter_context', 'context of ' || base.max_context_tokens || ' tokens', '--context ' || base.max_context_tokens,
        base.required_bytes - base.usable_memory_bytes, null, base.usable_memory_bytes, 1, true, false
    from base
    where base.max_context_tokens > 0 and base.max_context_tokens < base.context_tokens
    union all
    select
        5, 'fewer_sequences', base.max_sequences || ' sequences at once', '--batch ' || base.max_sequences,
        base.kv_reserved_bytes * (1 - base.max_sequences / base.sequences), null,
        base.required_bytes - base.kv_reserved_bytes * (1 - base.max_sequences / base.sequences),
        (base.required_bytes - base.kv_reserved_bytes * (1 - base.max_sequences / base.sequences)) / base.usable_memory_bytes,
        true, false
    from base
    where base.max_sequences > 0 and base.max_sequences < base.sequences
    union all
    select
        6, 'paged_kv',
        'paged KV cache, against contiguous allocation of the full ' || base.own_tokens || ' tokens a sequence',
        case base.kv_layout when 'paged' then 'what ' || base.engine_name || ' does' else '--engine vllm' end,
        base.kv_bytes_per_token * base.own_tokens * base.sequences - base.kv_reserved_bytes,
        base.kv_bytes_per_token * base.own_tokens * base.sequences / base.kv_reserved_bytes,
        base.required_bytes, base.memory_utilization, base.fits, true
    from base
    where base.kv_reserved_bytes > 0 and base.own_tokens > base.context_tokens
    union all
    select
        7, 'grouped_query_attention',
        base.kv_heads || ' KV heads for ' || base.heads || ' query heads', 'in the model',
        base.kv_cache_bytes * base.heads / base.kv_heads - base.kv_cache_bytes, base.heads / base.kv_heads,
        base.required_bytes, base.memory_utilization, base.fits, true
    from base
    where base.kv_heads < base.heads
)

select
    remedy.remedy,
    remedy.change,
    remedy.option,
    remedy.saved_bytes,
    remedy.factor,
    remedy.required_bytes,
    remedy.memory_utilization,
    remedy.fits,
    remedy.is_already,
    string_agg(
        figure.description || ' ' || figure.as_printed || ' [' || source.title || ']', '; ' order by figure.figure
    ) as trade_off
from remedy
left join remedy_figure as figure on remedy.remedy = figure.remedy
left join source on figure.source_id = source.source_id
group by
    remedy.ordinal, remedy.remedy, remedy.change, remedy.option, remedy.saved_bytes, remedy.factor, remedy.required_bytes,
    remedy.memory_utilization, remedy.fits, remedy.is_already
order by remedy.is_already, remedy.ordinal, remedy.saved_bytes
