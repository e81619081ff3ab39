-- Where do sources disagree about an accelerator, and which statement is used?
--
-- One row per statement of a quantity that another source states otherwise.

with stated as (
    select
        spec.*,
        min(spec.value) over (partition by spec.accelerator_id, spec.quantity_id, spec.basis) as least_value,
        max(spec.value) over (partition by spec.accelerator_id, spec.quantity_id, spec.basis) as greatest_value
    from mlsysdb.accelerator_spec as spec
)

select
    stated.accelerator_id as accelerator,
    stated.quantity_id as quantity,
    stated.basis,
    stated.as_printed,
    stated.value,
    stated.tier,
    source.title as source,
    source.published_on,
    coalesce(
        chosen.source_id = stated.source_id and chosen.locator = stated.locator and chosen.as_printed = stated.as_printed, false
    ) as is_used
from stated
inner join mlsysdb.source as source on stated.source_id = source.source_id
left join mlsysdb.accelerator_figure as chosen
    on
        stated.accelerator_id = chosen.accelerator_id
        and stated.quantity_id = chosen.quantity_id
        and stated.basis = chosen.basis
where stated.greatest_value > stated.least_value
order by stated.accelerator_id asc, stated.quantity_id asc, stated.basis asc, is_used desc, stated.value asc, stated.locator asc
