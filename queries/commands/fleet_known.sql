-- Does an inventory name any accelerator of the catalog? One row if so.

select 1 as known
from fleet_gpu as listed
where listed.accelerator is not null
limit 1
