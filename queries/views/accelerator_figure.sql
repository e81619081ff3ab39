-- One row per accelerator, quantity and basis: of several statements a user's, else the best tier's, then the newest source's.
--
-- What a user states of a device's memory (advertised, visible or usable by the runtime) hides what the catalog says of that
-- memory and of narrower ones: a runtime's figure of another device would else stand beside the user's own.

create or replace view accelerator_figure as
with stated as (
    select
        spec.accelerator_id,
        spec.quantity_id,
        spec.basis,
        spec.value,
        spec.as_printed,
        spec.source_id,
        spec.locator,
        spec.tier,
        source.published_on,
        source.origin = 'user' as is_own,
        case spec.quantity_id when 'memory' then 1 when 'visible_memory' then 2 when 'runtime_memory' then 3 end as memory_rank
    from accelerator_spec as spec
    inner join source on spec.source_id = source.source_id
),

owned as (
    select
        stated.accelerator_id,
        min(stated.memory_rank) as memory_rank
    from stated
    where stated.is_own
    group by stated.accelerator_id
),

ranked as (
    select
        stated.accelerator_id,
        stated.quantity_id,
        stated.basis,
        stated.value,
        stated.as_printed,
        stated.source_id,
        stated.locator,
        stated.tier,
        count(*) over (partition by stated.accelerator_id, stated.quantity_id, stated.basis) as statements,
        row_number() over (
            partition by stated.accelerator_id, stated.quantity_id, stated.basis
            order by
                stated.is_own desc, tier_rank(stated.tier) asc, stated.published_on desc nulls last, stated.value asc,
                stated.source_id asc, stated.locator asc
        ) as choice
    from stated
    left join owned on stated.accelerator_id = owned.accelerator_id
    where stated.is_own or stated.memory_rank is null or owned.memory_rank is null or stated.memory_rank < owned.memory_rank
)

select
    ranked.accelerator_id,
    ranked.quantity_id,
    ranked.basis,
    ranked.value,
    ranked.as_printed,
    ranked.source_id,
    ranked.locator,
    ranked.tier,
    ranked.statements
from ranked
where ranked.choice = 1
