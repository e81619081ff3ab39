-- What error was seen on measured cases like this answer's, and is its margin within it (tight)?
--
-- Cases of the same engine and class of architecture, where there are three or more, else of the engine; the error is that of
-- the pool left for the cache, its ninth decile as a share of the device's memory.

with alike as (
    select
        error.architecture_class = class.architecture_class as is_same_class,
        abs(error.error_of_memory) as error_of_memory
    from prediction_error as error
    inner join model_class as class on class.model_id = $model
    where error.engine = split_part($engine, '==', 1) and error.quantity = 'kv_pool_bytes' and error.error_of_memory is not null
),

counted as (
    select
        count(*) filter (where alike.is_same_class) >= 3 as is_by_class,
        count(*) as cases,
        count(*) filter (where alike.is_same_class) as class_cases,
        quantile_cont(alike.error_of_memory, 0.9) as error_of_memory,
        quantile_cont(alike.error_of_memory, 0.9) filter (where alike.is_same_class) as class_error_of_memory
    from alike
)

select
    case when counted.is_by_class then class.architecture_class else 'all architectures' end as seen_on,
    case when counted.is_by_class then counted.class_cases else counted.cases end as cases,
    case when counted.is_by_class then counted.class_error_of_memory else counted.error_of_memory end * $total_bytes
        as error_bytes,
    abs($headroom_bytes)
    <= case when counted.is_by_class then counted.class_error_of_memory else counted.error_of_memory end * $total_bytes as is_tight
from counted
inner join model_class as class on class.model_id = $model
where counted.cases > 0
