-- Which cells of an inventory cannot be read? The first few, and how many there are.

select
    entry.row_number,
    entry.fault_role,
    entry.fault_text,
    count(*) over () as faults
from fleet_entry as entry
where entry.fault_role is not null
order by entry.row_number
limit 3
