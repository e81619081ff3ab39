-- How far were the formulas from what engines reported? By engine, version, class of architecture and quantity.

select
    summary.engine,
    summary.engine_version,
    summary.architecture_class,
    summary.quantity,
    summary.cases,
    summary.mean_absolute_error,
    summary.median_absolute_error,
    summary.p90_absolute_error,
    summary.bias,
    summary.mean_error_of_memory
from prediction_error_summary as summary
order by
    summary.engine asc, version_number(summary.engine_version) asc, summary.engine_version asc,
    summary.architecture_class asc, summary.quantity asc
