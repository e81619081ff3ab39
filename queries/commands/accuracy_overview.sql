-- How far were the formulas from what engines reported, over all versions and architectures?

select
    prediction_error.engine,
    prediction_error.quantity,
    count(*) as cases,
    avg(abs(prediction_error.relative_error)) as mean_absolute_error,
    median(abs(prediction_error.relative_error)) as median_absolute_error,
    quantile_cont(abs(prediction_error.relative_error), 0.9) as p90_absolute_error,
    avg(prediction_error.relative_error) as bias,
    avg(abs(prediction_error.error_of_memory)) as mean_error_of_memory
from prediction_error
group by prediction_error.engine, prediction_error.quantity
order by prediction_error.engine, prediction_error.quantity
