-- One row per row of the catalog that a release is held to: its table, its key, and a fingerprint of its figures.
--
-- A model's layers and tensors count with the model. A user's own rows are left out.

create or replace view catalog_row as
with mine as (
    select source.source_id from source
    where source.origin = 'user'
),

described as (
    select
        'model' as table_name,
        model.model_id as row_key,
        concat_ws(
            '|', model.layers, model.hidden_size, model.intermediate_size, model.heads, model.kv_heads, model.head_dim,
            model.vocab_size, model.context_tokens, model.experts, model.experts_per_token, model.native_weight_format_id,
            (
                select sum(tensor.param_count) from tensor_group as tensor
                where tensor.model_id = model.model_id
            ),
            (
                select string_agg(
                    concat_ws(
                        ',', layer.kind, layer.layers, layer.kv_heads, layer.key_dim, layer.value_dim, layer.window_tokens,
                        layer.latent_dim, layer.rope_dim, layer.index_dim, layer.recurrent_state_values
                    ), ';' order by layer.ordinal
                ) from layer_group as layer
                where layer.model_id = model.model_id
            )
        ) as figures,
        model.source_id
    from model
    union all
    select
        'accelerator', accelerator.accelerator_id,
        concat_ws('|', accelerator.name, accelerator.kind, accelerator.memory_type, accelerator.devices_per_board),
        accelerator.source_id
    from accelerator
    union all
    select
        'accelerator_spec',
        concat_ws('|', spec.accelerator_id, spec.quantity_id, spec.basis, spec.source_id, spec.locator),
        spec.value::varchar, spec.source_id
    from accelerator_spec as spec
    union all
    select
        'checkpoint', checkpoint.checkpoint_id,
        concat_ws('|', checkpoint.model_id, checkpoint.weight_format_id, checkpoint.total_bytes), checkpoint.source_id
    from checkpoint
    union all
    select 'weight_format', format.weight_format_id, format.bits::varchar, format.source_id
    from weight_format as format
    union all
    select
        'engine_term', concat_ws('|', term.engine_profile_id, term.term, term.branch, term.driver),
        term.coefficient::varchar, term.source_id
    from engine_term as term
    union all
    select 'engine_run', run.engine_run_id, concat_ws('|', run.model_id, run.accelerator_id, run.weight_format_id), run.source_id
    from engine_run as run
)

select
    described.table_name,
    described.row_key,
    left(md5(described.figures), 12) as fingerprint
from described
where described.source_id not in (select mine.source_id from mine)
