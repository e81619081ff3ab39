-- One row per accelerator: its memory three ways, as advertised, as the driver shows it and as the runtime can use it.
--
-- A board's memory is shared out over its devices where no device's own is stated. Where the driver's or the runtime's figure
-- is unknown, the median ratio seen on accelerators of the same memory type (else on all) stands in, and is_memory_estimated
-- says so.

create or replace view accelerator_memory as
with stated as (
    select
        accelerator.accelerator_id,
        accelerator.organization_id = 'amd' as is_rocm,
        accelerator.kind = 'apu' as is_shared_memory,
        coalesce(accelerator.memory_type, 'unknown') as memory_type,
        coalesce(
            max(figure.value) filter (where figure.quantity_id = 'memory' and figure.basis = 'device'),
            max(figure.value / accelerator.devices_per_board)
            filter (where figure.quantity_id = 'memory' and figure.basis = 'board')
        ) as memory_bytes,
        max(figure.value) filter (where figure.quantity_id = 'visible_memory' and figure.basis = 'device') as visible_bytes,
        max(figure.value) filter (where figure.quantity_id = 'runtime_memory' and figure.basis = 'device') as runtime_bytes,
        max(tier_rank(figure.tier)) filter (where figure.quantity_id = 'memory') as memory_tier_rank
    from accelerator
    left join accelerator_figure as figure on accelerator.accelerator_id = figure.accelerator_id
    group by accelerator.accelerator_id, accelerator.organization_id, accelerator.kind, accelerator.memory_type
),

typical as (
    select
        memory_type,
        median(visible_bytes / memory_bytes) as visible_ratio,
        median(runtime_bytes / coalesce(visible_bytes, memory_bytes)) as runtime_ratio
    from stated
    group by memory_type
),

overall as (
    select
        median(visible_bytes / memory_bytes) as visible_ratio,
        median(runtime_bytes / coalesce(visible_bytes, memory_bytes)) as runtime_ratio
    from stated
)

select
    stated.accelerator_id,
    stated.memory_bytes,
    stated.visible_bytes as stated_visible_memory_bytes,
    stated.runtime_bytes as stated_runtime_memory_bytes,
    coalesce(
        stated.visible_bytes,
        greatest(stated.runtime_bytes, stated.memory_bytes * coalesce(typical.visible_ratio, overall.visible_ratio))
    ) as visible_memory_bytes,
    coalesce(
        stated.runtime_bytes,
        coalesce(stated.visible_bytes, stated.memory_bytes * coalesce(typical.visible_ratio, overall.visible_ratio))
        * least(coalesce(typical.runtime_ratio, overall.runtime_ratio), 1)
    ) as runtime_memory_bytes,
    stated.runtime_bytes is null as is_memory_estimated,
    stated.is_rocm,
    stated.is_shared_memory,
    stated.memory_tier_rank
from stated
left join typical on stated.memory_type = typical.memory_type
cross join overall
