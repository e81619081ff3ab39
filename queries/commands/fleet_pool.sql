-- Which devices does each machine have? One row per machine, accelerator and amount of memory free on its devices.
--
-- A system has its own number of devices, unless the count is one of GPUs ($counts_gpus); any other count of it is one of
-- machines. Rows of the same machine are added up. Free memory is NULL where all of it is free. Where a fleet knows more than
-- $most_levels different amounts, they are rounded down to whole GiB, or to eights of them: an engine then has at least that.

with known as (
    select
        coalesce(entry.node, 'row ' || entry.row_number) as node,
        listed.accelerator,
        case when entry.free_bytes >= memory.visible_memory_bytes then null else entry.free_bytes end as free_bytes,
        entry.row_number,
        case
            when listed.is_system and not $counts_gpus then listed.machine_devices
            else coalesce(entry.devices, listed.machine_devices)
        end as devices,
        coalesce(entry.nodes, 1) * case when listed.is_system and not $counts_gpus then coalesce(entry.devices, 1) else 1 end
            as nodes,
        entry.price
    from fleet_entry as entry
    inner join fleet_gpu as listed on entry.gpu = listed.gpu
    inner join kept_accelerator_memory as memory on listed.accelerator = memory.accelerator_id
    where coalesce(entry.devices, 1) > 0 and coalesce(entry.nodes, 1) > 0
),

spread as (
    select
        count(distinct known.accelerator || ' ' || known.free_bytes) as amounts,
        count(distinct known.accelerator || ' ' || floor(known.free_bytes / 1073741824)) as gibibytes
    from known
),

step as (
    select
        case
            when spread.amounts <= $most_levels then 1
            when spread.gibibytes <= $most_levels then 1073741824
            else 8589934592
        end as step_bytes
    from spread
)

select
    known.node,
    known.accelerator,
    floor(known.free_bytes / step.step_bytes) * step.step_bytes as free_bytes,
    max(step.step_bytes) as step_bytes,
    min(known.row_number) as row_number,
    sum(known.devices)::bigint as devices,
    max(known.nodes)::bigint as nodes,
    case when count(known.price) = count(*) then sum(known.price) end as price
from known
cross join step
group by known.node, known.accelerator, floor(known.free_bytes / step.step_bytes) * step.step_bytes
