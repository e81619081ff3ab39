-- Which quantities are stated of accelerators, in which unit, and which values are not absurd?

select
    quantity.quantity_id,
    quantity.unit,
    quantity.low,
    quantity.high
from quantity
order by quantity.quantity_id
