-- One row per model with a vision tower whose profiling was read: its widths, and the values it holds at the peak.
--
-- Widths are those of the tower's tensors: patch_values of its first matrix, hidden of its attention, inner of its MLP.
-- whole_values and split_values are held by a patch at the peak on every rank, or shared out over ranks; output_values by a token.

create or replace view model_encoder as
with tower as (
    select
        tensor.model_id,
        min(greatest(tensor.in_features, 1)) filter (where tensor.part = 'attention' and tensor.in_features > 1) as hidden,
        max(greatest(tensor.in_features, tensor.out_features)) filter (where tensor.part = 'mlp') as inner_size
    from tensor_group as tensor
    where tensor.role = 'vision'
    group by tensor.model_id
),

opened as (
    select
        tower.model_id,
        tower.hidden,
        tower.inner_size,
        max(tensor.in_features) as patch_values
    from tower
    inner join tensor_group as tensor on tower.model_id = tensor.model_id and tower.hidden = tensor.out_features
    where tensor.role = 'vision' and tensor.part = 'embedding' and tensor.in_features > 1
    group by tower.model_id, tower.hidden, tower.inner_size
)

select
    model.model_id,
    profile.item_patches,
    profile.item_tokens,
    opened.patch_values,
    profile.hidden_whole * opened.hidden + profile.other_values + profile.deep_levels * model.hidden_size * profile.item_tokens
    // profile.item_patches as whole_values,
    profile.hidden_split * opened.hidden + profile.inner_split * opened.inner_size as split_values,
    opened.hidden as gathered_values,
    model.hidden_size * (1 + profile.deep_levels) as output_values,
    profile.table_bytes
from model
inner join encoder_profile as profile on model.architecture = profile.architecture
inner join opened on model.model_id = opened.model_id
