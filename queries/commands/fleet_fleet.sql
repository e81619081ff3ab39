-- What is my fleet? One row per accelerator and number of devices in a machine: memory, price, and how many models one holds.

with largest as (
    select
        choice.kind_id,
        count(*) filter (where choice.fits) as models,
        arg_max(choice.model, size.resident_param_count) filter (where choice.fits) as largest_model,
        max(size.resident_param_count) filter (where choice.fits) as largest_param_count,
        sum(choice.replicas) as replicas,
        max(choice.stranded_devices) as stranded_devices,
        max(choice.stranded_bytes) as stranded_bytes
    from fleet_choice as choice
    left join model_size as size on choice.model = size.model_id
    group by choice.kind_id
),

priced as (
    select
        machine.accelerator,
        machine.make_up,
        case when count(machine.price) = count(*) then sum(machine.price * machine.nodes) end as price
    from fleet_machine as machine
    group by machine.accelerator, machine.make_up
)

select
    kind.accelerator,
    kind.devices as node_devices,
    sum(kind.nodes)::bigint as nodes,
    sum(kind.nodes * kind.devices)::bigint as devices,
    sum(kind.nodes * kind.devices * memory.visible_memory_bytes) as visible_memory_bytes,
    case when count(priced.price) = count(*) then sum(priced.price) end as price,
    coalesce(max(largest.models), 0) as models,
    arg_max(largest.largest_model, largest.largest_param_count) as largest_model,
    case when $model is not null then sum(kind.nodes * largest.replicas)::bigint end as replicas,
    case when $model is not null then sum(kind.nodes * largest.stranded_devices)::bigint end as stranded_devices,
    case when $model is not null then sum(kind.nodes * largest.stranded_bytes) end as stranded_bytes
from fleet_kind as kind
inner join priced on kind.accelerator = priced.accelerator and kind.make_up = priced.make_up
inner join kept_accelerator_memory as memory on kind.accelerator = memory.accelerator_id
left join largest on kind.kind_id = largest.kind_id
group by kind.accelerator, kind.devices
order by devices desc, kind.accelerator asc
