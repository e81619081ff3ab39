-- One row per published checkpoint with a known size: what the recipe gives for it, and the difference.
--
-- Sizes of GGUF files logged by llama.cpp count tensors of the text model only, so towers are left out for them.

create or replace view checkpoint_error as
with recipe as (
    select
        weight.model_id,
        weight.weight_format_id,
        sum(weight.weights_bytes) as whole_bytes,
        sum(case when weight.role in ('vision', 'audio', 'mtp') then 0 else weight.weights_bytes end) as text_bytes
    from model_weight as weight
    group by weight.model_id, weight.weight_format_id
)

select
    checkpoint.checkpoint_id,
    checkpoint.model_id,
    checkpoint.weight_format_id,
    checkpoint.total_bytes,
    case format.family when 'gguf' then recipe.text_bytes else recipe.whole_bytes end as recipe_bytes,
    case format.family when 'gguf' then recipe.text_bytes else recipe.whole_bytes end / checkpoint.total_bytes - 1 as relative_error
from checkpoint
inner join weight_format as format on checkpoint.weight_format_id = format.weight_format_id
inner join recipe
    on checkpoint.model_id = recipe.model_id and checkpoint.weight_format_id = recipe.weight_format_id
