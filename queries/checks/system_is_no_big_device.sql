-- A rack or slice is many devices, never one: each of a system's nodes holds the same number of devices, at least one.
--
-- Mend: correct devices in system_accelerator.csv (of the whole system) or nodes in system.csv.

select
    shape.system_id,
    shape.devices,
    shape.nodes
from system_shape as shape
where shape.devices < shape.nodes or shape.devices % shape.nodes <> 0
