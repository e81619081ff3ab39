-- In which weight format can I serve each model, and must I quantise it?
--
-- One row per model that fits: the widest format that fits and its bits a weight, beside the format its maker publishes.
--
-- gpu (accelerator, 'L40S'): which GPU.
-- devices (bigint, 1): how many of it.
-- context_tokens (bigint, 8192): tokens of one sequence.

select
    fitting.model,
    fitting.weight_format,
    format.bits,
    model.native_weight_format_id as native_weight_format,
    native.bits as native_bits,
    format.bits < native.bits as is_quantised,
    fitting.weights_bytes,
    fitting.headroom_bytes
from
    mlsysdb.fits(
        coalesce(getvariable('gpu')::varchar, 'L40S'),
        devices := coalesce(getvariable('devices')::bigint, 1),
        context_tokens := coalesce(getvariable('context_tokens')::bigint, 8192)
    ) as fitting
inner join mlsysdb.model as model on fitting.model = model.model_id
inner join mlsysdb.weight_format as format on fitting.weight_format = format.weight_format_id
left join mlsysdb.weight_format as native on model.native_weight_format_id = native.weight_format_id
where fitting.fits
order by format.bits desc, fitting.weights_bytes desc, fitting.model asc
