-- Which GPU names of an inventory are unknown, ambiguous, or taken to mean one of several? The most frequent first.

select
    listed.gpu,
    listed.rows,
    listed.accelerator,
    listed.targets
from fleet_gpu as listed
where listed.accelerator is null or listed.is_chosen
order by case when listed.accelerator is null then 0 else 1 end asc, listed.rows desc, listed.gpu asc
