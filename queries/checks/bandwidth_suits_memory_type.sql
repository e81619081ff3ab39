-- A device's memory bandwidth is one that its type of memory can have.
--
-- Bytes a second, from the slowest device of a type to the fastest that is known, with some room. GB/s for TB/s, bits for bytes and a
-- bandwidth of another device fall outside.
--
-- Mend: correct value in accelerator_spec.csv or memory_type in accelerator.csv.

with plausible (memory_type, low, high) as (
    values
    ('gddr5', 80e9, 500e9),
    ('gddr6', 100e9, 1.1e12),
    ('gddr6x', 400e9, 1.2e12),
    ('gddr7', 250e9, 2.2e12),
    ('hbm', 300e9, 12e12),
    ('hbm2', 400e9, 2e12),
    ('hbm2e', 1e12, 4e12),
    ('hbm3', 1.2e12, 6e12),
    ('hbm3e', 2e12, 10e12),
    ('lpddr4x', 30e9, 200e9),
    ('lpddr5', 30e9, 300e9),
    ('lpddr5x', 60e9, 600e9),
    ('unified', 50e9, 1.2e12)
)

select
    spec.accelerator_id,
    spec.basis,
    spec.as_printed,
    spec.source_id,
    accelerator.memory_type,
    plausible.low,
    plausible.high
from accelerator_spec as spec
inner join accelerator on spec.accelerator_id = accelerator.accelerator_id
inner join plausible on lower(accelerator.memory_type) = plausible.memory_type
left join accelerator_partition as slice on spec.accelerator_id = slice.accelerator_id
where
    slice.accelerator_id is null
    and spec.quantity_id = 'memory_bandwidth'
    and spec.value / case when spec.basis = 'board' then accelerator.devices_per_board else 1 end
    not between plausible.low and plausible.high
