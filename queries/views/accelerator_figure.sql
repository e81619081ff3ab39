-- One row per accelerator, quantity and basis: of several statements the one of the best tier, then the newest source.

create or replace view accelerator_figure as
with ranked as (
    select
        spec.accelerator_id,
        spec.quantity_id,
        spec.basis,
        spec.value,
        spec.as_printed,
        spec.source_id,
        spec.locator,
        spec.tier,
        count(*) over (partition by spec.accelerator_id, spec.quantity_id, spec.basis) as statements,
        row_number() over (
            partition by spec.accelerator_id, spec.quantity_id, spec.basis
            order by
                tier_rank(spec.tier) asc, source.published_on desc nulls last, spec.value asc, spec.source_id asc, spec.locator asc
        ) as choice
    from accelerator_spec as spec
    inner join source on spec.source_id = source.source_id
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
