-- Whatever is priced is a row of the catalog: a price names a system or an accelerator that exists.
--
-- Mend: correct target_kind or target_id in price.csv, or add the system or accelerator it names.

select
    price.target_kind,
    price.target_id,
    price.region
from price
left join system on price.target_kind = 'system' and price.target_id = system.system_id
left join accelerator on price.target_kind = 'accelerator' and price.target_id = accelerator.accelerator_id
where system.system_id is null and accelerator.accelerator_id is null
