-- One row per system: how many devices it has, and of which accelerator where they are all of one kind.

create or replace view system_shape as
select
    system.system_id,
    count(part.accelerator_id) as accelerator_kinds,
    case when count(part.accelerator_id) = 1 then min(part.accelerator_id) end as accelerator_id,
    sum(part.devices)::bigint as devices,
    system.nodes
from system
left join system_accelerator as part on system.system_id = part.system_id
group by system.system_id, system.nodes
