-- Which GPU should I get for this model and load?
--
-- One row per accelerator that holds it: how many it takes, what is left, and what they cost an hour where a price is known.
--
-- model (model, 'llama-3.1-70b'): which model.
-- context_tokens (bigint, 8192): tokens of one sequence.
-- sequences (bigint, 16): sequences at once.
-- weight_format (varchar, 'auto'): a weight format, native, or auto: the widest that fits.
-- kind (varchar, 'gpu'): gpu, tpu, npu, apu or any; by memory alone, whether the engine runs there is not judged.

with rent as (
    select
        figure.accelerator_id,
        min(figure.usd_per_device_hour) as usd_per_device_hour,
        arg_min(figure.system_id, figure.usd_per_device_hour) as cheapest_system
    from mlsysdb.system_figure as figure
    where figure.accelerator_id is not null
    group by figure.accelerator_id
)

select
    fitting.accelerator,
    fitting.devices,
    fitting.weight_format,
    fitting.required_bytes,
    fitting.headroom_bytes,
    fitting.max_context_tokens,
    fitting.max_sequences,
    fitting.devices * rent.usd_per_device_hour as usd_per_hour,
    rent.cheapest_system,
    fitting.evidence_tier
from
    mlsysdb.fits_model(
        coalesce(getvariable('model')::varchar, 'llama-3.1-70b'),
        context_tokens := coalesce(getvariable('context_tokens')::bigint, 8192),
        sequences := coalesce(getvariable('sequences')::bigint, 16),
        weight_format := coalesce(getvariable('weight_format')::varchar, 'auto')
    ) as fitting
inner join mlsysdb.accelerator as accelerator on fitting.accelerator = accelerator.accelerator_id
left join rent on fitting.accelerator = rent.accelerator_id
where
    fitting.fits
    and accelerator.kind = coalesce(nullif(coalesce(getvariable('kind')::varchar, 'gpu'), 'any'), accelerator.kind)
order by usd_per_hour asc nulls last, fitting.devices asc, fitting.usable_memory_bytes asc, fitting.accelerator asc
