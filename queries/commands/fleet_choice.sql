-- How does each kind of machine best hold each model? The widest weight format that fits, then the fewest devices a replica.
--
-- What does not fit is kept only when $everything. Each accelerator, number of devices and amount of free memory is planned
-- once, however many machines have them.

with tried as (
    select distinct
        level.accelerator,
        level.free_bytes,
        number.devices
    from fleet_level as level
    inner join (
        select $devices::bigint as devices
        union
        select device_count.devices from device_count
        where $devices is null
    ) as number on level.devices >= number.devices
),

planned as (
    select
        tried.free_bytes,
        answer.*
    from tried,
        answer(
            tried.accelerator, $model, tried.devices, $tensor_parallel, $pipeline_parallel, $expert_parallel, $context_tokens,
            $sequences, $weight_format, $kv_dtype, $engine, $memory_utilization, $max_sequences, $max_batched_tokens,
            $enforce_eager, $beyond_context,
            free_memory_bytes := tried.free_bytes
        ) as answer
),

ranked as (
    select
        level.kind_id,
        planned.*,
        format.bits as format_bits,
        case when planned.fits then level.devices // planned.devices else 0 end as replicas,
        level.devices as reached_devices,
        row_number() over (
            partition by level.kind_id, planned.model
            order by
                case when planned.fits then 0 else 1 end,
                case when planned.fits then -format.bits else format.bits end,
                case when planned.fits then planned.devices else -planned.devices end,
                level.devices desc
        ) as choice
    from fleet_level as level
    inner join planned
        on
            level.accelerator = planned.accelerator
            and level.devices >= planned.devices
            and level.free_bytes is not distinct from planned.free_bytes
    left join weight_format as format on planned.weight_format = format.weight_format_id
)

select
    ranked.*,
    ranked.reached_devices - ranked.replicas * ranked.devices as stranded_devices,
    stranded_bytes(
        ranked.reached_devices, ranked.replicas * ranked.devices, ranked.usable_memory_bytes, ranked.headroom_bytes
    ) as stranded_bytes
from ranked
where ranked.choice = 1 and (ranked.fits or $everything)
