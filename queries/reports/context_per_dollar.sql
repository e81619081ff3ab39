-- Where does a dollar buy the longest context of a model?
--
-- One row per machine with a known price that holds it: the longest context it serves, and tokens of context per dollar an hour.
--
-- model (model, 'llama-3.1-8b'): which model.
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
    fitting.accelerator,
    fitting.devices,
    fitting.weight_format,
    fitting.max_context_tokens,
    fitting.max_context_tokens * fitting.max_sequences as all_tokens,
    machine.usd_per_hour,
    machine.region,
    machine.priced_on,
    fitting.max_context_tokens / machine.usd_per_hour as context_tokens_per_usd_hour
from machine,
    mlsysdb.answer(
        machine.accelerator_id, coalesce(getvariable('model')::varchar, 'llama-3.1-8b'), machine.devices, null, null, null, null,
        null, coalesce(getvariable('weight_format')::varchar, 'auto'), null, 'vllm', null, null, null, false, false
    ) as fitting
where fitting.fits
order by context_tokens_per_usd_hour desc, machine.system_id asc
