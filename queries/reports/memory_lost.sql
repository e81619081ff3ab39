-- How much of the advertised memory can an engine really use?
--
-- One row per accelerator: advertised, as the driver shows it, as the runtime has it, and vLLM's share of that.

select
    memory.accelerator_id as accelerator,
    memory.memory_bytes,
    memory.visible_memory_bytes,
    memory.runtime_memory_bytes,
    memory.runtime_memory_bytes * profile.default_utilization as engine_memory_bytes,
    1 - memory.runtime_memory_bytes * profile.default_utilization / memory.memory_bytes as lost_fraction,
    memory.is_memory_estimated
from mlsysdb.accelerator_memory as memory
cross join mlsysdb.engine_profile as profile
where profile.engine = 'vllm' and profile.is_newest and memory.memory_bytes is not null
order by lost_fraction desc, memory.accelerator_id asc
