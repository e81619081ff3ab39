-- On an NVIDIA tensor core 8-bit rates are about twice the dense 16-bit one: neither is a sparse or a shader figure.
--
-- That catches a sparse figure listed as dense where no other statement contradicts it. Blackwell Ultra gave up INT8 for FP4,
-- so its INT8 is not compared.
--
-- Mend: correct basis or value of the odd one in accelerator_spec.csv.

select
    wide.accelerator_id,
    wide.quantity_id as wide_quantity_id,
    wide.as_printed as wide_as_printed,
    wide.source_id as wide_source_id,
    narrow.quantity_id as narrow_quantity_id,
    narrow.as_printed as narrow_as_printed,
    narrow.source_id as narrow_source_id
from accelerator_spec as wide
inner join accelerator_spec as narrow
    on wide.accelerator_id = narrow.accelerator_id and wide.basis = narrow.basis
inner join accelerator on wide.accelerator_id = accelerator.accelerator_id
where
    accelerator.organization_id = 'nvidia'
    and wide.basis = 'dense'
    and wide.quantity_id in ('bf16_flops', 'fp16_flops')
    and narrow.quantity_id in ('fp8_flops', 'int8_ops')
    and not (narrow.quantity_id = 'int8_ops' and accelerator.architecture = 'Blackwell Ultra')
    and narrow.value / wide.value not between 1.6 and 2.5
