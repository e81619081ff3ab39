-- In which weight format is a checkpoint stored, and which is its model's own?

select
    (
        select min(checkpoint.weight_format_id) from checkpoint
        where checkpoint.checkpoint_id = $checkpoint
    ) as checkpoint,
    model.native_weight_format_id as native,
    coalesce(format.family = 'gguf', false) as is_gguf
from model
left join weight_format as format on model.native_weight_format_id = format.weight_format_id
where model.model_id = $model
