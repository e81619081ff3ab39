-- One row per priced thing and terms: a user's own price before the catalog's, then the newest day's, then the lowest.

create or replace view price_lowest as
with ranked as (
    select
        price.target_kind,
        price.target_id,
        price.terms,
        price.region,
        price.priced_on,
        price.usd_per_hour,
        price.purchase_usd,
        price.source_id,
        price.locator,
        price.tier,
        count(*) over (partition by price.target_kind, price.target_id, price.terms) as statements,
        row_number() over (
            partition by price.target_kind, price.target_id, price.terms
            order by
                case source.origin when 'user' then 0 else 1 end asc, price.priced_on desc,
                coalesce(price.usd_per_hour, price.purchase_usd) asc, price.region asc, price.source_id asc, price.locator asc
        ) as choice
    from price
    inner join source on price.source_id = source.source_id
)

select
    ranked.target_kind,
    ranked.target_id,
    ranked.terms,
    ranked.region,
    ranked.priced_on,
    ranked.usd_per_hour,
    ranked.usd_per_hour / shape.devices as usd_per_device_hour,
    ranked.purchase_usd,
    ranked.source_id,
    ranked.locator,
    ranked.tier,
    ranked.statements
from ranked
left join
    (
        select 'system' as target_kind, system_shape.system_id as target_id, system_shape.devices from system_shape
        union all
        select 'accelerator', accelerator.accelerator_id, 1 from accelerator
    ) as shape
    on ranked.target_kind = shape.target_kind and ranked.target_id = shape.target_id
where ranked.choice = 1
