-- A figure lies between the smallest and the largest value that its quantity can have: bytes are no gigabytes, watts no kilowatts.
--
-- One public table gives 402 GPUs a memory of 1.6e-5 GB.
--
-- Mend: state value in the quantity's base unit (quantity.csv); as_printed keeps the unit of the source.

select
    spec.accelerator_id,
    spec.quantity_id,
    spec.as_printed,
    spec.value,
    spec.source_id,
    quantity.unit,
    quantity.low,
    quantity.high
from accelerator_spec as spec
inner join quantity on spec.quantity_id = quantity.quantity_id
where spec.value not between quantity.low and quantity.high
