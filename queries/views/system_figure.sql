-- One row per system: its accelerators, what joins them, its hosts, and its lowest dated prices by the hour.

create or replace view system_figure as
select
    system.system_id,
    system.name,
    system.organization_id,
    system.kind,
    shape.accelerator_id,
    shape.accelerator_kinds,
    shape.devices,
    system.nodes,
    fabric.as_printed as fabric,
    network.as_printed as network,
    rate.value as network_bytes_per_s,
    vcpus.value::bigint as vcpus,
    memory.value as host_memory_bytes,
    shape.devices * device.memory_bytes as accelerator_memory_bytes,
    on_demand.usd_per_hour,
    on_demand.usd_per_device_hour,
    on_demand.region,
    on_demand.priced_on,
    spot.usd_per_hour as spot_usd_per_hour,
    spot.priced_on as spot_priced_on,
    system.tier
from system
inner join system_shape as shape on system.system_id = shape.system_id
left join accelerator_memory as device on shape.accelerator_id = device.accelerator_id
left join system_statement as fabric on system.system_id = fabric.system_id and fabric.fact = 'fabric'
left join system_statement as network on system.system_id = network.system_id and network.fact = 'network'
left join system_statement as rate on system.system_id = rate.system_id and rate.fact = 'network_bytes_per_s'
left join system_statement as vcpus on system.system_id = vcpus.system_id and vcpus.fact = 'vcpus'
left join system_statement as memory on system.system_id = memory.system_id and memory.fact = 'host_memory_bytes'
left join price_lowest as on_demand
    on system.system_id = on_demand.target_id and on_demand.target_kind = 'system' and on_demand.terms = 'on_demand'
left join price_lowest as spot
    on system.system_id = spot.target_id and spot.target_kind = 'system' and spot.terms = 'spot'
