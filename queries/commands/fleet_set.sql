-- Which machines together hold a model that no single one holds? One row per model: the fewest machines, the widest weights.

with eligible as (
    select distinct
        span.model,
        span.accelerator,
        span.node_devices,
        span.stages,
        level.kind_id
    from fleet_span as span
    inner join fleet_level as level
        on
            span.accelerator = level.accelerator
            and span.node_devices <= level.devices
            and (level.free_bytes is null or span.free_bytes <= level.free_bytes)
),

member as (
    select
        eligible.model,
        eligible.accelerator,
        eligible.node_devices,
        eligible.stages,
        machine.node,
        machine.row_number,
        machine.price,
        least(
            machine.nodes,
            eligible.stages - coalesce(
                sum(machine.nodes) over (
                    partition by eligible.model, eligible.accelerator, eligible.node_devices, eligible.stages
                    order by machine.price nulls last, machine.row_number
                    rows between unbounded preceding and 1 preceding
                ),
                0
            )
        )::bigint as nodes
    from eligible
    inner join fleet_place as machine on eligible.kind_id = machine.kind_id
    where machine.devices >= eligible.node_devices and machine.devices < 2 * eligible.node_devices
),

named as (
    select
        member.model,
        member.accelerator,
        member.node_devices,
        member.stages,
        string_agg(
            member.node || case when member.nodes > 1 then ' x ' || member.nodes else '' end, ', ' order by member.row_number
        ) as smallest_set,
        case when count(member.price) = count(*) then sum(member.price * member.nodes) end as price
    from member
    where member.nodes > 0
    group by member.model, member.accelerator, member.node_devices, member.stages
),

ranked as (
    select
        span.*,
        named.smallest_set,
        named.price,
        row_number() over (
            partition by span.model
            order by
                span.stages asc, span.format_bits desc, named.price asc nulls last, span.devices asc, span.accelerator asc
        ) as place
    from fleet_span as span
    inner join named
        on
            span.model = named.model
            and span.accelerator = named.accelerator
            and span.node_devices = named.node_devices
            and span.stages = named.stages
)

select *
from ranked
where ranked.place = 1
