-- One row per engine, version, architecture class and quantity: how far the formulas were from what was measured.
--
-- Absolute errors are relative to the measured figure; bias is their mean with its sign.

create or replace view prediction_error_summary as
select
    prediction_error.engine,
    coalesce(prediction_error.engine_version, 'unknown') as engine_version,
    prediction_error.architecture_class,
    prediction_error.quantity,
    count(*) as cases,
    avg(abs(prediction_error.relative_error)) as mean_absolute_error,
    median(abs(prediction_error.relative_error)) as median_absolute_error,
    quantile_cont(abs(prediction_error.relative_error), 0.9) as p90_absolute_error,
    avg(prediction_error.relative_error) as bias,
    avg(abs(prediction_error.error_of_memory)) as mean_error_of_memory,
    quantile_cont(abs(prediction_error.error_of_memory), 0.9) as p90_error_of_memory
from prediction_error
group by
    prediction_error.engine, prediction_error.engine_version, prediction_error.architecture_class, prediction_error.quantity
