-- Which machines are there? One row per machine and accelerator; machines of one make-up are of one kind.

select
    pool.node,
    pool.accelerator,
    string_agg(
        pool.devices || case when pool.free_bytes is null then '' else ':' || pool.free_bytes::bigint end, ' '
        order by pool.free_bytes desc nulls first
    ) as make_up,
    min(pool.row_number) as row_number,
    sum(pool.devices)::bigint as devices,
    max(pool.nodes)::bigint as nodes,
    case when count(pool.price) = count(*) then sum(pool.price) end as price
from fleet_pool as pool
group by pool.node, pool.accelerator
