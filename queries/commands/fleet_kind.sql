-- Which kinds of machine are there? One row per accelerator and make-up: few kinds stand for any number of machines.

select
    row_number() over (order by min(machine.row_number), machine.accelerator) as kind_id,
    machine.accelerator,
    machine.make_up,
    arg_min(machine.node, machine.row_number) as first_node,
    max(machine.devices) as devices,
    sum(machine.nodes)::bigint as nodes,
    count(*) as machines
from fleet_machine as machine
group by machine.accelerator, machine.make_up
