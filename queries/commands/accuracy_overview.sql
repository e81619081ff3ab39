-- How far were the formulas from what engines reported, over all versions and architectures?
--
-- disturbed_cases counts those where a log shows that something else held memory; they are among the cases.

select
    prediction_error.engine,
    prediction_error.quantity,
    count(*) as cases,
    count(*) filter (where prediction_error.is_disturbed) as disturbed_cases,
    count(*) filter (where abs(prediction_error.relative_error) <= 0.02) / count(*) as within_2_percent,
    avg(abs(prediction_error.relative_error)) as mean_absolute_error,
    median(abs(prediction_error.relative_error)) as median_absolute_error,
    quantile_cont(abs(prediction_error.relative_error), 0.9) as p90_absolute_error,
    avg(prediction_error.relative_error) as bias,
    avg(abs(prediction_error.error_of_memory)) as mean_error_of_memory
from prediction_error
group by prediction_error.engine, prediction_error.quantity
order by prediction_error.engine, prediction_error.quantity
