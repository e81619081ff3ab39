-- One row per run with a known set-up: whether it loaded, and whether our verdict says so.

create or replace view verdict_outcome as
select
    run.engine_run_id,
    run.engine,
    run.engine_version,
    run.model_id,
    run.weight_format_id,
    run.accelerator_id,
    run.devices,
    run.context_tokens,
    run.outcome,
    prediction.value = 1 as is_predicted_to_fit,
    (prediction.value = 1) = (run.outcome = 'loaded') as is_right,
    source.url,
    run.locator as place
from engine_run as run
inner join prediction on run.engine_run_id = prediction.engine_run_id and prediction.quantity = 'fits'
inner join source on run.source_id = source.source_id
where run.outcome in ('loaded', 'out_of_memory') and prediction.value is not null
