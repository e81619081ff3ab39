-- How many machines together hold a model that no single one holds? One row per kind of machine, stages and model.
--
-- Each machine is a pipeline stage whose devices are tensor-parallel ranks (layers are split over all of them where the engine
-- does so). The machines with the most free memory are taken; the network between them is not judged.

with unheld as (
    select model.model_id as model
    from model
    where
        model.model_id = coalesce($model, model.model_id)
        and model.model_id not in (
            select choice.model from fleet_choice as choice
            where choice.fits
        )
),

sized as (
    select
        kind.kind_id,
        kind.accelerator,
        kind.nodes,
        max(number.devices) as node_devices
    from fleet_kind as kind
    inner join device_count as number on kind.devices >= number.devices
    group by kind.kind_id, kind.accelerator, kind.nodes
),

freed as (
    select
        sized.kind_id,
        sized.accelerator,
        sized.node_devices,
        sized.nodes,
        bool_or(level.free_bytes is null) as is_all_free,
        max(level.free_bytes) as free_bytes
    from sized
    inner join fleet_level as level on sized.kind_id = level.kind_id and sized.node_devices <= level.devices
    group by sized.kind_id, sized.accelerator, sized.node_devices, sized.nodes
),

counted as (
    select
        freed.accelerator,
        freed.node_devices,
        freed.nodes,
        case when not freed.is_all_free then freed.free_bytes end as free_bytes,
        sum(freed.nodes) over (
            partition by freed.accelerator, freed.node_devices
            order by freed.is_all_free desc, freed.free_bytes desc, freed.kind_id asc
            rows unbounded preceding
        ) as reached_nodes
    from freed
),

tried as (
    select
        counted.accelerator,
        counted.node_devices,
        stage.stages,
        min(counted.free_bytes) as free_bytes
    from counted
    inner join generate_series(2, 16) as stage (stages) on counted.reached_nodes - counted.nodes < stage.stages
    where
        coalesce($devices::bigint, counted.node_devices * stage.stages) = counted.node_devices * stage.stages
        and coalesce($pipeline_parallel::bigint, stage.stages) = stage.stages
        and coalesce($tensor_parallel::bigint, counted.node_devices) = counted.node_devices
    group by counted.accelerator, counted.node_devices, stage.stages
    having max(counted.reached_nodes) >= stage.stages
),

planned as (
    select
        tried.node_devices,
        tried.stages,
        tried.free_bytes,
        answer.*
    from tried
    cross join unheld
    cross join engine_choice($engine) as profile,
        answer(
            tried.accelerator, unheld.model, tried.node_devices * tried.stages, null,
            case when not profile.is_layer_split then tried.stages end, $expert_parallel, $context_tokens, $sequences,
            $weight_format, $kv_dtype, $engine, $memory_utilization, $max_sequences, $max_batched_tokens, $enforce_eager,
            $beyond_context,
            free_memory_bytes := tried.free_bytes
        ) as answer
)

select
    planned.*,
    format.bits as format_bits
from planned
inner join weight_format as format on planned.weight_format = format.weight_format_id
where planned.fits
