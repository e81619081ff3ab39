-- One row per accelerator: its memory three ways, as advertised, as the driver shows it and as the runtime can use it.
--
-- A board's memory is shared out over its devices where no device's own is stated. Where the driver's or the runtime's figure
-- is unknown, the median ratio seen on accelerators of the same memory type (else on all) stands in, and is_memory_estimated
-- says so. Slices of a device (MIG instances, compute partitions) lose another share than whole ones: their ratio is that of
-- slices of the same size, else of all slices. is_alone: several cannot serve one model, because they cannot exchange data.

create or replace view accelerator_memory as
with stated as (
    select
        accelerator.accelerator_id,
        accelerator.organization_id = 'amd' as is_rocm,
        coalesce(accelerator.architecture = 'Hopper', false) as is_hopper,
        coalesce(accelerator.architecture in ('Hopper', 'CDNA3', 'CDNA4'), false) as is_large_workspace,
        coalesce(accelerator.memory_type like 'HBM%', false) as is_hbm,
        coalesce(accelerator.architecture like 'Blackwell%' and accelerator.memory_type like 'HBM%', false) as is_blackwell_hbm,
        accelerator.kind = 'apu' as is_shared_memory,
        slice.accelerator_id is not null as is_slice,
        coalesce(not slice.is_peer_to_peer, false) as is_alone,
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
    left join accelerator_partition as slice on accelerator.accelerator_id = slice.accelerator_id
    left join accelerator_figure as figure on accelerator.accelerator_id = figure.accelerator_id
    group by
        accelerator.accelerator_id, accelerator.organization_id, accelerator.architecture, accelerator.kind, accelerator.memory_type,
        slice.accelerator_id, slice.is_peer_to_peer
),

seen as (
    select
        accelerator_id,
        is_slice,
        case when is_slice then 'slice of ' || memory_bytes else memory_type end as peers,
        visible_bytes / memory_bytes as visible_ratio,
        runtime_bytes / coalesce(visible_bytes, memory_bytes) as runtime_ratio
    from stated
),

typical as (
    select
        peers,
        median(visible_ratio) as visible_ratio,
        median(runtime_ratio) as runtime_ratio
    from seen
    group by peers
),

overall as (
    select
        is_slice,
        median(visible_ratio) as visible_ratio,
        median(runtime_ratio) as runtime_ratio
    from seen
    group by is_slice
),

expected as (
    select
        seen.accelerator_id,
        coalesce(typical.visible_ratio, overall.visible_ratio, whole.visible_ratio) as visible_ratio,
        coalesce(typical.runtime_ratio, overall.runtime_ratio, whole.runtime_ratio) as runtime_ratio
    from seen
    inner join typical on seen.peers = typical.peers
    inner join overall on seen.is_slice = overall.is_slice
    left join overall as whole on not whole.is_slice
)

select
    stated.accelerator_id,
    stated.memory_bytes,
    stated.visible_bytes as stated_visible_memory_bytes,
    stated.runtime_bytes as stated_runtime_memory_bytes,
    coalesce(
        stated.visible_bytes, greatest(stated.runtime_bytes, stated.memory_bytes * expected.visible_ratio)
    ) as visible_memory_bytes,
    coalesce(
        stated.runtime_bytes,
        coalesce(stated.visible_bytes, stated.memory_bytes * expected.visible_ratio) * least(expected.runtime_ratio, 1)
    ) as runtime_memory_bytes,
    stated.runtime_bytes is null as is_memory_estimated,
    stated.is_rocm,
    stated.is_hopper,
    stated.is_large_workspace,
    stated.is_hbm,
    stated.is_blackwell_hbm,
    stated.is_shared_memory,
    stated.is_alone,
    stated.memory_tier_rank
from stated
inner join expected on stated.accelerator_id = expected.accelerator_id
