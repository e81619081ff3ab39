-- An hour of one device costs between 0.02 and 100 US dollars: outside it, a price by the year, of the host or in cents.
--
-- Mend: read the price again; usd_per_hour is for the whole target and one hour, in US dollars.

select
    price.target_kind,
    price.target_id,
    price.terms,
    price.usd_per_hour,
    shape.devices
from price
left join system_shape as shape on price.target_kind = 'system' and price.target_id = shape.system_id
where price.usd_per_hour / coalesce(shape.devices, 1) not between 0.02 and 100
