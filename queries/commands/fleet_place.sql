-- Which machines of a kind come first? The cheapest, then the earliest rows; as many as the largest set may have.

with ranked as (
    select
        kind.kind_id,
        machine.node,
        machine.row_number,
        machine.devices,
        machine.nodes,
        machine.price,
        row_number() over by_price as place,
        sum(machine.nodes) over by_price as reached_nodes
    from fleet_machine as machine
    inner join fleet_kind as kind on machine.accelerator = kind.accelerator and machine.make_up = kind.make_up
    window by_price as (
        partition by kind.kind_id order by machine.price nulls last, machine.row_number rows unbounded preceding
    )
)

select *
from ranked
where ranked.place <= 16
