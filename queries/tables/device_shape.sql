-- One row per way of using several devices: the one asked for, or each power of two when no number is.

create or replace macro device_shape(devices, tensor_parallel, pipeline_parallel, expert_parallel) as table
    with asked as (
        select
            coalesce(devices::bigint, tensor_parallel::bigint * coalesce(pipeline_parallel::bigint, 1)) as devices,
            tensor_parallel::bigint as tensor_parallel,
            coalesce(pipeline_parallel::bigint, 1) as pipeline_parallel,
            coalesce(expert_parallel::bigint, 1) as expert_parallel
    ),

    counted as (
        select asked.devices from asked
        union
        select device_count.devices from mlsysdb.device_count
    )

    select
        counted.devices,
        coalesce(asked.tensor_parallel, counted.devices // asked.pipeline_parallel) as tensor_parallel,
        asked.pipeline_parallel,
        asked.expert_parallel
    from asked
    inner join counted on coalesce(asked.devices, counted.devices) = counted.devices
    where counted.devices % asked.pipeline_parallel = 0;
