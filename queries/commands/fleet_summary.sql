-- What was read from an inventory, in numbers?

with listed as (
    select
        count(*) as rows,
        count(*) filter (where entry.gpu is null) as rows_without_gpu,
        count(*) filter (where entry.gpu is not null and (entry.devices = 0 or entry.nodes = 0)) as rows_without_devices
    from fleet_entry as entry
),

repeated as (
    select count(*) as nodes
    from (
        select entry.node
        from fleet_entry as entry
        where entry.node is not null and entry.gpu is not null
        group by entry.node
        having count(*) > 1
    ) as several
),

had as (
    select
        coalesce(sum(kind.nodes), 0)::bigint as nodes,
        coalesce(sum(kind.nodes * kind.devices), 0)::bigint as devices,
        count(*) as kinds
    from fleet_kind as kind
),

held as (
    select
        count(distinct choice.model) filter (where choice.fits) as models,
        count(distinct choice.model) as all_models,
        count(distinct choice.kind_id) filter (where choice.fits) as holding_kinds,
        coalesce(sum(kind.nodes) filter (where choice.fits and choice.model = $model), 0)::bigint as holding_nodes,
        coalesce(sum(kind.machines), 0)::bigint as answers
    from fleet_choice as choice
    inner join fleet_kind as kind on choice.kind_id = kind.kind_id
)

select
    listed.*,
    repeated.nodes as repeated_nodes,
    had.nodes,
    had.devices,
    had.kinds,
    held.models,
    held.holding_nodes,
    held.answers,
    (select count(*) from model) as all_models,
    (select coalesce(max(pool.step_bytes), 1) from fleet_pool as pool)::bigint as step_bytes
from listed
cross join repeated
cross join had
cross join held
