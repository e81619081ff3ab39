-- One row per published checkpoint with a known size: what the recipe gives for it, and the difference.
--
-- Sizes of GGUF files count the text model only, towers and MTP layers being files of their own; MLX's converter leaves MTP
-- layers out. size_ratio is what a recipe's figure is multiplied by to share the real size out over devices.

create or replace view checkpoint_error as
with recipe as (
    select
        weight.model_id,
        weight.weight_format_id,
        sum(weight.weights_bytes) as whole_bytes,
        sum(case when weight.role = 'mtp' then 0 else weight.weights_bytes end) as resident_bytes,
        sum(case when weight.role in ('vision', 'audio', 'mtp') then 0 else weight.weights_bytes end) as text_bytes
    from model_weight as weight
    group by weight.model_id, weight.weight_format_id
),

sized as (
    select
        checkpoint.checkpoint_id,
        checkpoint.model_id,
        checkpoint.weight_format_id,
        checkpoint.is_own_mix,
        checkpoint.total_bytes,
        case
            when format.family = 'gguf' then recipe.text_bytes
            when starts_with(format.weight_format_id, 'mlx-') then recipe.resident_bytes
            else recipe.whole_bytes
        end as recipe_bytes
    from checkpoint
    inner join weight_format as format on checkpoint.weight_format_id = format.weight_format_id
    inner join recipe
        on checkpoint.model_id = recipe.model_id and checkpoint.weight_format_id = recipe.weight_format_id
    where checkpoint.total_bytes is not null
)

select
    sized.checkpoint_id,
    sized.model_id,
    sized.weight_format_id,
    sized.is_own_mix,
    sized.total_bytes,
    sized.recipe_bytes,
    sized.recipe_bytes / sized.total_bytes - 1 as relative_error,
    sized.total_bytes / sized.recipe_bytes as size_ratio
from sized
