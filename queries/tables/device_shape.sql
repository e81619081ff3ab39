-- One row per way of using several devices (the one asked for, or each power of two when no number is), for engines of both kinds.
--
-- Devices not asked to be pipeline stages are tensor-parallel ranks; where the engine splits by layers it is the other way round.

create or replace macro device_shape(devices, tensor_parallel, pipeline_parallel, expert_parallel) as table
    with asked as (
        select
            coalesce(devices::bigint, tensor_parallel::bigint * coalesce(pipeline_parallel::bigint, 1)) as devices,
            tensor_parallel::bigint as tensor_parallel,
            pipeline_parallel::bigint as pipeline_parallel,
            coalesce(expert_parallel::bigint, 1) as expert_parallel,
            unnest([false, true]) as is_layer_split
    ),

    counted as (
        select asked.devices from asked
        union
        select device_count.devices from mlsysdb.device_count
    ),

    split as (
        select
            counted.devices,
            asked.expert_parallel,
            coalesce(
                asked.tensor_parallel,
                case when asked.is_layer_split then 1 else counted.devices // coalesce(asked.pipeline_parallel, 1) end
            ) as tensor_parallel,
            asked.pipeline_parallel,
            asked.is_layer_split
        from asked
        inner join counted on coalesce(asked.devices, counted.devices) = counted.devices
    )

    select
        split.is_layer_split,
        split.devices,
        split.tensor_parallel,
        coalesce(split.pipeline_parallel, split.devices // split.tensor_parallel) as pipeline_parallel,
        split.expert_parallel
    from split
    where split.devices % coalesce(split.pipeline_parallel, split.tensor_parallel) = 0;
