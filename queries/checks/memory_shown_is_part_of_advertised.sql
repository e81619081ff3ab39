-- A driver shows at most the memory advertised and at least 85 % of it, and a runtime at most what the driver shows.
--
-- So GB and GiB are never swapped: an H200's 141 GB are GiB, else nvidia-smi's 143,771 MiB would be more than there is; a T4's 16 GiB are
-- 15 to allocate. Memory shared with the host (apu, unified) is given to the GPU in part, three fifths of it or more.
--
-- Mend: correct is_binary_unit and value in accelerator_spec.csv, or the accelerator that the log was taken for.

with advertised as (
    select
        memory.accelerator_id,
        memory.memory_bytes,
        memory.visible_memory_bytes,
        case when accelerator.kind = 'apu' or accelerator.memory_type = 'unified' then 0.6 else 0.85 end as least_fraction
    from accelerator_memory as memory
    inner join accelerator on memory.accelerator_id = accelerator.accelerator_id
    left join accelerator_partition as slice on memory.accelerator_id = slice.accelerator_id
    where slice.accelerator_id is null
)

select
    spec.accelerator_id,
    spec.quantity_id,
    spec.as_printed,
    spec.source_id,
    advertised.memory_bytes,
    advertised.visible_memory_bytes
from accelerator_spec as spec
inner join advertised on spec.accelerator_id = advertised.accelerator_id
-- a user's own statement of a device's memory hides the catalog's, and may be less: a virtual machine's share
inner join accelerator_figure as chosen
    on spec.accelerator_id = chosen.accelerator_id and spec.quantity_id = chosen.quantity_id and spec.basis = chosen.basis
inner join source on chosen.source_id = source.source_id and source.origin = 'seed'
where
    spec.quantity_id in ('visible_memory', 'runtime_memory')
    and spec.basis = 'device'
    and (
        spec.value > advertised.memory_bytes
        or spec.value < advertised.memory_bytes * advertised.least_fraction
        or (spec.quantity_id = 'runtime_memory' and spec.value > advertised.visible_memory_bytes)
    )
