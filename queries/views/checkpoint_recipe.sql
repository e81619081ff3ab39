-- One row per model and weight format that a checkpoint is stored in: what the format's recipe gives for the whole checkpoint.

create or replace view checkpoint_recipe as
select
    weight.model_id,
    weight.weight_format_id,
    sum(
        case when is_in_checkpoint(format.weight_format_id, format.family, weight.role) then weight.weights_bytes else 0 end
    ) as recipe_bytes
from kept_model_weight as weight
inner join weight_format as format on weight.weight_format_id = format.weight_format_id
where
    exists (
        select 1 from checkpoint
        where checkpoint.model_id = weight.model_id and checkpoint.weight_format_id = weight.weight_format_id
    )
group by weight.model_id, weight.weight_format_id
