-- How far off have the answers been, by kind of architecture?
--
-- One row per engine, kind of architecture and measured quantity; runs that something disturbed are left out.

select
    error.engine,
    error.architecture_class,
    error.quantity,
    count(*) as cases,
    avg(abs(error.relative_error)) as mean_absolute_error,
    median(abs(error.relative_error)) as median_absolute_error,
    max(abs(error.relative_error)) as worst_absolute_error,
    avg(error.relative_error) as bias
from mlsysdb.prediction_error as error
where not error.is_disturbed and error.relative_error is not null
group by error.engine, error.architecture_class, error.quantity
order by error.engine asc, error.architecture_class asc, error.quantity asc
