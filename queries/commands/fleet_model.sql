-- What does my fleet hold? One row per model: on how many machines, how many replicas, the smallest set of machines, the cheapest.
--
-- The smallest set has the fewest machines; of several the widest weights, then the lowest price, then the fewest devices. The
-- columns of an answer are those of a replica on that set. What does not fit is shown only when $everything.

with held as (
    select
        choice.model,
        sum(kind.nodes)::bigint as nodes,
        sum(kind.nodes * choice.replicas)::bigint as replicas,
        sum(kind.nodes * choice.replicas * choice.devices)::bigint as used_devices,
        sum(kind.nodes * choice.stranded_devices)::bigint as stranded_devices,
        sum(kind.nodes * choice.stranded_bytes) as stranded_bytes,
        arg_min(machine.node, machine.price / choice.replicas) as cheapest_node,
        min(machine.price / choice.replicas) as cheapest_price_per_replica
    from fleet_choice as choice
    inner join fleet_kind as kind on choice.kind_id = kind.kind_id
    inner join fleet_place as machine on kind.kind_id = machine.kind_id and machine.place = 1
    where choice.fits
    group by choice.model
),

single as (
    select
        choice.*,
        machine.node,
        machine.price,
        row_number() over (
            partition by choice.model
            order by
                choice.fits desc nulls last,
                case when choice.fits then -choice.format_bits else choice.format_bits end asc,
                machine.price asc nulls last,
                case when choice.fits then machine.devices else -machine.devices end asc,
                machine.row_number asc
        ) as place
    from fleet_choice as choice
    inner join fleet_place as machine on choice.kind_id = machine.kind_id and machine.place = 1
),

best as (
    select
        single.model,
        single.accelerator,
        single.devices,
        single.tensor_parallel,
        single.pipeline_parallel,
        single.engine,
        single.weight_format,
        single.kv_dtype,
        single.context_tokens,
        single.sequences,
        single.weights_bytes,
        single.kv_cache_bytes,
        single.kv_reserved_bytes,
        single.activation_bytes,
        single.cuda_graph_bytes,
        single.runtime_bytes,
        single.required_bytes,
        single.visible_memory_bytes,
        single.usable_memory_bytes,
        single.headroom_bytes,
        single.memory_utilization,
        single.fits,
        single.limiting_term,
        single.kv_bytes_per_token,
        single.kv_pool_bytes,
        single.kv_capacity_tokens,
        single.max_context_tokens,
        single.max_sequences,
        single.evidence_tier,
        single.is_memory_estimated,
        single.is_beyond_context,
        case when single.fits then 1 end as smallest_set_nodes,
        case when single.fits then single.node end as smallest_set,
        case when single.fits then single.price end as smallest_set_price
    from single
    where single.place = 1 and single.model not in (select spanned.model from fleet_set as spanned)
    union all
    select
        spanned.model,
        spanned.accelerator,
        spanned.devices,
        spanned.tensor_parallel,
        spanned.pipeline_parallel,
        spanned.engine,
        spanned.weight_format,
        spanned.kv_dtype,
        spanned.context_tokens,
        spanned.sequences,
        spanned.weights_bytes,
        spanned.kv_cache_bytes,
        spanned.kv_reserved_bytes,
        spanned.activation_bytes,
        spanned.cuda_graph_bytes,
        spanned.runtime_bytes,
        spanned.required_bytes,
        spanned.visible_memory_bytes,
        spanned.usable_memory_bytes,
        spanned.headroom_bytes,
        spanned.memory_utilization,
        spanned.fits,
        spanned.limiting_term,
        spanned.kv_bytes_per_token,
        spanned.kv_pool_bytes,
        spanned.kv_capacity_tokens,
        spanned.max_context_tokens,
        spanned.max_sequences,
        spanned.evidence_tier,
        spanned.is_memory_estimated,
        spanned.is_beyond_context,
        spanned.stages as smallest_set_nodes,
        spanned.smallest_set,
        spanned.price as smallest_set_price
    from fleet_set as spanned
)

select
    best.model,
    best.accelerator,
    best.devices,
    best.tensor_parallel,
    best.pipeline_parallel,
    best.engine,
    best.weight_format,
    best.kv_dtype,
    best.context_tokens,
    best.sequences,
    best.weights_bytes,
    best.kv_cache_bytes,
    best.kv_reserved_bytes,
    best.activation_bytes,
    best.cuda_graph_bytes,
    best.runtime_bytes,
    best.required_bytes,
    best.visible_memory_bytes,
    best.usable_memory_bytes,
    best.headroom_bytes,
    best.memory_utilization,
    best.fits,
    best.limiting_term,
    best.kv_bytes_per_token,
    best.kv_pool_bytes,
    best.kv_capacity_tokens,
    best.max_context_tokens,
    best.max_sequences,
    best.evidence_tier,
    best.is_memory_estimated,
    best.is_beyond_context,
    coalesce(held.nodes, 0) as nodes,
    coalesce(held.replicas, 0) as replicas,
    coalesce(held.used_devices, 0) as used_devices,
    held.stranded_devices,
    held.stranded_bytes,
    best.smallest_set_nodes,
    best.smallest_set,
    best.smallest_set_price,
    held.cheapest_node,
    held.cheapest_price_per_replica
from best
left join held on best.model = held.model
where best.fits or $everything
order by best.fits desc nulls last, best.weights_bytes * best.devices desc, best.model asc
