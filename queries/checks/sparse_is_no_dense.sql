-- A dense figure is at most 0.75 of any sparse one of the same device and precision: sparse and dense are never swapped.
--
-- Structured sparsity doubles a tensor core's rate at most. Blackwell Ultra's FP4 runs dense at three quarters of it, and NVIDIA
-- prints 14 and 18 PFLOPS for that, so that FP4 is held against 0.8 there. H100's 1,979 TFLOPS and L4's 242 are often listed as dense.
--
-- Mend: read the datasheet's footnote ("with sparsity") and correct basis or value in accelerator_spec.csv.

select
    dense.accelerator_id,
    dense.quantity_id,
    dense.as_printed as dense_as_printed,
    dense.source_id as dense_source_id,
    sparse.as_printed as sparse_as_printed,
    sparse.source_id as sparse_source_id
from accelerator_spec as dense
inner join accelerator_spec as sparse
    on dense.accelerator_id = sparse.accelerator_id and dense.quantity_id = sparse.quantity_id
inner join accelerator on dense.accelerator_id = accelerator.accelerator_id
where
    dense.basis = 'dense'
    and sparse.basis = 'sparse'
    and dense.value > sparse.value
    * case when accelerator.architecture = 'Blackwell Ultra' and dense.quantity_id = 'fp4_flops' then 0.8 else 0.75 end
