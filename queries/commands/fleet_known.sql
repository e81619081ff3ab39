-- How many GPU names of an inventory does the catalog know?

select count(*) as names
from fleet_gpu as listed
where listed.accelerator is not null
