-- Statements of an accelerator's memory by vendors (tier B or better) differ by 10 % at most: two devices are never merged into one row.
--
-- An RTX 5060 of 8 GB, a 5060 Ti of 16 GB and a laptop's 5060 are three rows; so are an A100 of 40 GB and one of 80 GB.
--
-- Mend: give the odd device a row of its own in accelerator.csv and move its statements there.

select
    spec.accelerator_id,
    spec.basis,
    min(spec.value) as least_bytes,
    max(spec.value) as most_bytes
from accelerator_spec as spec
-- a user may say of a card that its memory was changed
inner join source on spec.source_id = source.source_id and source.origin = 'seed'
where spec.quantity_id = 'memory' and tier_rank(spec.tier) <= tier_rank('B')
group by spec.accelerator_id, spec.basis
having max(spec.value) > 1.1 * min(spec.value)
