-- What does each row of an inventory say? Its cells read as counts, bytes and prices, and the first cell that cannot be.
--
-- fleet_cell holds the texts; $unit is the unit that the free memory's column names.

with said as (
    select
        row_number() over () as row_number,
        stated(fleet_cell.node) as node,
        stated(fleet_cell.gpu) as gpu,
        stated(fleet_cell.count) as count,
        stated(fleet_cell.nodes) as nodes,
        stated(fleet_cell.free) as free,
        stated(fleet_cell.price) as price
    from fleet_cell
),

entry as materialized (
    select
        said.*,
        printed_count(said.count) as devices,
        printed_count(said.nodes) as machines,
        printed_bytes(said.free, $unit) as free_bytes,
        printed_price(said.price) as amount
    from said
)

select
    entry.row_number,
    entry.node,
    entry.gpu,
    entry.devices,
    entry.machines as nodes,
    entry.free_bytes,
    entry.amount as price,
    case
        when entry.count is not null and not coalesce(entry.devices <= 1000000, false) then 'count'
        when entry.nodes is not null and not coalesce(entry.machines <= 10000000, false) then 'nodes'
        when entry.free is not null and not coalesce(entry.free_bytes < 1e15, false) then 'free'
        when entry.price is not null and entry.amount is null then 'price'
    end as fault_role,
    case
        when entry.count is not null and not coalesce(entry.devices <= 1000000, false) then entry.count
        when entry.nodes is not null and not coalesce(entry.machines <= 10000000, false) then entry.nodes
        when entry.free is not null and not coalesce(entry.free_bytes < 1e15, false) then entry.free
        when entry.price is not null and entry.amount is null then entry.price
    end as fault_text
from entry
