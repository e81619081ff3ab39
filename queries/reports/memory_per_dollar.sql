-- Where does a dollar buy the most accelerator memory?
--
-- One row per machine with a known price by the hour.

select
    figure.system_id,
    figure.organization_id as seller,
    figure.accelerator_id as accelerator,
    figure.devices,
    figure.accelerator_memory_bytes,
    figure.usd_per_hour,
    figure.accelerator_memory_bytes / 1073741824 / figure.usd_per_hour as memory_gib_per_usd_hour,
    figure.region,
    figure.priced_on,
    figure.tier
from mlsysdb.system_figure as figure
where figure.usd_per_hour is not null and figure.accelerator_memory_bytes is not null
order by memory_gib_per_usd_hour desc, figure.system_id asc
