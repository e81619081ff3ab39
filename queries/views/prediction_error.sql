-- One row per measured run and quantity that the formulas give too: both figures and the difference.
--
-- is_disturbed marks a pool that something else made smaller: one more than 5 % below that of another run of the same set-up, or one
-- on ROCm measured while PyTorch compiled anew (two Radeon logs with one compile cache key: 12.73 GiB compiling, 15.33 GiB after).

create or replace view prediction_error as
select
    run.engine_run_id,
    run.engine,
    run.engine_version,
    run.model_id,
    class.architecture_class,
    run.accelerator_id,
    run.weight_format_id,
    run.tensor_parallel,
    run.pipeline_parallel,
    measurement.quantity,
    measurement.value as measured,
    prediction.value as predicted,
    prediction.value - measurement.value as error,
    prediction.value / nullif(measurement.value, 0) - 1 as relative_error,
    case when measurement.quantity like '%_bytes' then (prediction.value - measurement.value) / memory.runtime_memory_bytes end
        as error_of_memory,
    coalesce(
        case when measurement.quantity in ('kv_pool_bytes', 'kv_capacity_tokens', 'max_concurrency') then measurement.value end
        < 0.95 * max(measurement.value) over (
            partition by
                measurement.quantity, run.engine, run.model_id, run.accelerator_id, run.weight_format_id, run.kv_dtype_id,
                run.tensor_parallel, run.pipeline_parallel, run.context_tokens, run.memory_utilization, run.max_sequences
        ),
        false
    ) or (
        memory.is_rocm
        and measurement.quantity in ('kv_pool_bytes', 'kv_capacity_tokens', 'max_concurrency')
        and run.engine_run_id in (
            select compiled.engine_run_id from run_option as compiled
            where compiled.run_option = 'cold_compile'
        )
    ) as is_disturbed,
    source.url,
    run.locator as place
from measurement
inner join prediction
    on measurement.engine_run_id = prediction.engine_run_id and measurement.quantity = prediction.quantity
inner join engine_run as run on measurement.engine_run_id = run.engine_run_id
inner join source on run.source_id = source.source_id
inner join model_class as class on run.model_id = class.model_id
left join accelerator_memory as memory on run.accelerator_id = memory.accelerator_id
where prediction.value is not null
