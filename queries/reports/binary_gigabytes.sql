-- On which accelerators does the maker's "GB" mean GiB?
--
-- One row per statement of an accelerator's memory: as it is printed, and what that is in bytes, GB and GiB.

select
    spec.accelerator_id as accelerator,
    spec.as_printed,
    spec.is_binary_unit,
    spec.value as memory_bytes,
    spec.value / 1e9 as gigabytes,
    spec.value / 1073741824 as gibibytes,
    memory.stated_visible_memory_bytes as driver_memory_bytes,
    spec.tier
from mlsysdb.accelerator_spec as spec
left join mlsysdb.accelerator_memory as memory on spec.accelerator_id = memory.accelerator_id
where spec.quantity_id = 'memory'
order by spec.is_binary_unit desc, spec.value desc, spec.accelerator_id asc, spec.as_printed asc
