-- One row per model: its exact parameter count, and the part that speculative decoding alone loads.

create or replace view model_size as
select
    model.model_id,
    sum(tensor.param_count)::bigint as param_count,
    sum(case when tensor.role = 'mtp' then 0 else tensor.param_count end)::bigint as resident_param_count,
    (
        sum(
            case
                when tensor.role = 'mtp' then 0
                when tensor.role = 'expert' then tensor.param_count * model.experts_per_token / model.experts
                else tensor.param_count
            end
        )
    )::bigint as active_param_count
from model
inner join tensor_group as tensor on model.model_id = tensor.model_id
group by model.model_id
