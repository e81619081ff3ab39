-- Every system says which accelerators it holds: without them, nothing can be answered for it.
--
-- Mend: add the system's row to system_accelerator.csv.

select shape.system_id
from system_shape as shape
where shape.accelerator_kinds = 0
