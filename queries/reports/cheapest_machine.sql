-- Which is the cheapest machine that holds a model?
--
-- One row per machine with a known price that holds it, the cheapest first.
--
-- model (model, 'llama-3.1-70b'): which model.
-- context_tokens (bigint, 8192): tokens of one sequence.
-- sequences (bigint, 1): sequences at once.
-- weight_format (varchar, 'auto'): a weight format, native, or auto: the widest that fits.
-- kind (varchar, 'gpu'): gpu, tpu, npu, apu or any; by memory alone, whether the engine runs there is not judged.

with machine as (
    select figure.*
    from mlsysdb.system_figure as figure
    inner join mlsysdb.accelerator as accelerator on figure.accelerator_id = accelerator.accelerator_id
    where
        figure.usd_per_hour is not null
        and figure.nodes = 1
        and accelerator.kind = coalesce(nullif(coalesce(getvariable('kind')::varchar, 'gpu'), 'any'), accelerator.kind)
)

select
    machine.system_id,
    machine.organization_id as seller,
    fitting.accelerator,
    fitting.devices,
    fitting.weight_format,
    fitting.headroom_bytes,
    fitting.max_context_tokens,
    fitting.max_sequences,
    machine.usd_per_hour,
    machine.region,
    machine.priced_on
from machine,
    mlsysdb.answer(
        machine.accelerator_id, coalesce(getvariable('model')::varchar, 'llama-3.1-70b'), machine.devices, null, null, null,
        coalesce(getvariable('context_tokens')::bigint, 8192), coalesce(getvariable('sequences')::bigint, 1),
        coalesce(getvariable('weight_format')::varchar, 'auto'), null, 'vllm', null, null, null, false, false
    ) as fitting
where fitting.fits
order by machine.usd_per_hour asc, machine.system_id asc
