-- One row per number of devices that is tried when none is asked for: powers of two, as tensor parallelism likes them.

create or replace view device_count as
select power(2, step)::bigint as devices
from generate_series(0, 7) as steps (step)
