-- How many of a mixture's parameters must be in memory, and how many work on a token?
--
-- One row per mixture of experts.

select
    model.model_id as model,
    model.experts,
    model.experts_per_token,
    size.resident_param_count,
    size.active_param_count,
    size.active_param_count / size.resident_param_count as active_fraction
from mlsysdb.model as model
inner join mlsysdb.model_size as size on model.model_id = size.model_id
where model.experts > 0
order by active_fraction asc, model.model_id asc
