-- A token uses no more parameters than the model has, and no more experts.
--
-- Mend: correct the fact active_parameter_count in model_fact.csv, or experts and experts_per_token in model.csv.

select
    model.model_id,
    fact.value as active_parameters,
    (
        select sum(tensor.param_count) from tensor_group as tensor
        where tensor.model_id = model.model_id
    ) as parameters
from model
left join model_fact as fact on model.model_id = fact.model_id and fact.fact = 'active_parameter_count'
where
    model.experts_per_token > model.experts
    or fact.value > (
        select sum(tensor.param_count) from tensor_group as tensor
        where tensor.model_id = model.model_id
    )
