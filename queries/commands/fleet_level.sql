-- How many devices of a kind of machine have at least so much memory free? One row per kind and amount.

select
    kind.kind_id,
    kind.accelerator,
    pool.free_bytes,
    sum(pool.devices) over (
        partition by kind.kind_id order by pool.free_bytes desc nulls first rows unbounded preceding
    )::bigint as devices
from fleet_kind as kind
inner join fleet_pool as pool on kind.first_node = pool.node and kind.accelerator = pool.accelerator
