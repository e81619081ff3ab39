-- A GeForce's name as nvidia-smi prints it means one size of memory, or is ambiguous: no size is preferred.
--
-- The driver calls an RTX 3060 of 8 GB and one of 12 GB alike; to take either for the other tells someone that a model fits.
--
-- Mend: set is_preferred to false in alias.csv for each of the name's targets.

with meant as (
    select
        name_key(alias.alias) as name_key,
        min(alias.alias) as alias,
        bool_or(alias.is_preferred) as is_preferred,
        min(memory.memory_bytes) as least_bytes,
        max(memory.memory_bytes) as most_bytes
    from alias
    inner join accelerator_memory as memory on alias.target_id = memory.accelerator_id
    -- a user may know which card is meant
    inner join source on alias.source_id = source.source_id and source.origin = 'seed'
    where alias.kind = 'accelerator' and alias.alias like 'NVIDIA GeForce %'
    group by name_key(alias.alias)
)

select
    meant.alias,
    meant.least_bytes,
    meant.most_bytes
from meant
where meant.is_preferred and meant.most_bytes > 1.1 * meant.least_bytes
