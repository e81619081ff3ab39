-- Which models fit an accelerator? The largest first; what does not fit only when $everything.

select fits.*
from
    fits(
        $gpu,
        devices := $devices,
        tensor_parallel := $tensor_parallel,
        pipeline_parallel := $pipeline_parallel,
        expert_parallel := $expert_parallel,
        context_tokens := $context_tokens,
        sequences := $sequences,
        weight_format := $weight_format,
        kv_dtype := $kv_dtype,
        engine := $engine,
        memory_utilization := $memory_utilization,
        max_sequences := $max_sequences,
        max_batched_tokens := $max_batched_tokens,
        enforce_eager := $enforce_eager,
        beyond_context := $beyond_context
    ) as fits
where fits.fits or $everything
order by fits.fits desc nulls last, case when fits.fits then -fits.weights_bytes else fits.weights_bytes end asc, fits.model asc
