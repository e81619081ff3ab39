-- One row per figure of the catalog: its value, as it is printed, the source, the place in it and the evidence tier.
--
-- is_overridden: a row of the user's stands in for it in every answer.

create or replace view citation as
with figures as (
    select
        'accelerator_spec' as table_name,
        spec.accelerator_id as subject_id,
        spec.quantity_id || ' (' || spec.basis || ')' as figure,
        spec.value::double as value,
        spec.as_printed,
        spec.source_id,
        spec.locator,
        spec.tier
    from accelerator_spec as spec
    union all
    select
        'accelerator', accelerator.accelerator_id, 'devices_per_board', accelerator.devices_per_board::double,
        accelerator.devices_per_board::varchar, accelerator.source_id, accelerator.locator, accelerator.tier
    from accelerator
    union all
    select 'system', system.system_id, 'nodes', system.nodes::double, null, system.source_id, system.locator, system.tier
    from system
    union all
    select
        'system_accelerator', part.system_id, 'devices: ' || part.accelerator_id, part.devices::double,
        null, part.source_id, part.locator, part.tier
    from system_accelerator as part
    union all
    select 'system_fact', fact.system_id, fact.fact, fact.value, fact.as_printed, fact.source_id, fact.locator, fact.tier
    from system_fact as fact
    union all
    select
        'price', price.target_id,
        price.terms || ' in ' || price.region || ' on ' || price.priced_on
        || case price.terms when 'purchase' then ': purchase_usd' else ': usd_per_hour' end,
        coalesce(price.usd_per_hour, price.purchase_usd), price.as_printed, price.source_id, price.locator, price.tier
    from price
    union all
    select
        'rope_table', rope.model_id, figure.name || ' (' || rope.ordinal || ')',
        case figure.name when 'positions' then rope.positions else rope.dim end::double, null, rope.source_id, rope.locator, rope.tier
    from rope_table as rope
    cross join (values ('positions'), ('dim')) as figure (name)
    union all
    select
        'encoder_profile', profile.architecture, figure.name,
        case figure.name
            when 'item_patches' then profile.item_patches
            when 'item_tokens' then profile.item_tokens
            when 'hidden_whole' then profile.hidden_whole
            when 'hidden_split' then profile.hidden_split
            when 'inner_split' then profile.inner_split
            when 'other_values' then profile.other_values
            when 'deep_levels' then profile.deep_levels
            when 'table_bytes' then profile.table_bytes
        end::double,
        null, profile.source_id, profile.locator, profile.tier
    from encoder_profile as profile
    cross join (
        values
        ('item_patches'), ('item_tokens'), ('hidden_whole'), ('hidden_split'), ('inner_split'), ('other_values'),
        ('deep_levels'), ('table_bytes')
    ) as figure (name)
    union all
    select
        'accelerator_fact', fact.accelerator_id, fact.fact, null, fact.as_printed, fact.source_id, fact.locator, fact.tier
    from accelerator_fact as fact
    union all
    select
        'accelerator_partition', slice.accelerator_id, 'most_per_parent', slice.most_per_parent::double,
        slice.most_per_parent || ' x ' || slice.profile || ' of ' || slice.parent_id, slice.source_id, slice.locator, slice.tier
    from accelerator_partition as slice
    union all
    select
        'model', model.model_id, figure.name,
        case figure.name
            when 'layers' then model.layers
            when 'hidden_size' then model.hidden_size
            when 'intermediate_size' then model.intermediate_size
            when 'heads' then model.heads
            when 'kv_heads' then model.kv_heads
            when 'head_dim' then model.head_dim
            when 'vocab_size' then model.vocab_size
            when 'context_tokens' then model.context_tokens
            when 'experts' then model.experts
            when 'experts_per_token' then model.experts_per_token
        end::double as value,
        null, model.source_id, model.locator, model.tier
    from model
    cross join (
        values
        ('layers'), ('hidden_size'), ('intermediate_size'), ('heads'), ('kv_heads'), ('head_dim'), ('vocab_size'),
        ('context_tokens'), ('experts'), ('experts_per_token')
    ) as figure (name)
    union all
    select
        'model_fact', fact.model_id, fact.fact, fact.value, fact.as_printed, fact.source_id, fact.locator, fact.tier
    from model_fact as fact
    union all
    select
        'layer_group', layer.model_id, layer.kind || ' layers ' || layer.ordinal || ': ' || figure.name,
        case figure.name
            when 'layers' then layer.layers
            when 'kv_heads' then layer.kv_heads
            when 'key_dim' then layer.key_dim
            when 'value_dim' then layer.value_dim
            when 'window_tokens' then layer.window_tokens
            when 'latent_dim' then layer.latent_dim
            when 'rope_dim' then layer.rope_dim
            when 'index_dim' then layer.index_dim
            when 'conv_state_values' then layer.conv_state_values
            when 'recurrent_state_values' then layer.recurrent_state_values
            when 'recurrent_state_bits' then layer.recurrent_state_bits
            when 'compression_ratio' then layer.compression_ratio
        end::double as value,
        null, layer.source_id, layer.locator, layer.tier
    from layer_group as layer
    cross join (
        values
        ('layers'), ('kv_heads'), ('key_dim'), ('value_dim'), ('window_tokens'), ('latent_dim'), ('rope_dim'),
        ('index_dim'), ('conv_state_values'), ('recurrent_state_values'), ('recurrent_state_bits'), ('compression_ratio')
    ) as figure (name)
    union all
    select
        'tensor_group', tensor.model_id, tensor.role || ' ' || tensor.part || ' ' || tensor.ordinal || ': param_count',
        tensor.param_count::double,
        tensor.tensors || ' x ' || tensor.out_features || ' x ' || tensor.in_features,
        tensor.source_id, tensor.locator, tensor.tier
    from tensor_group as tensor
    union all
    select
        'gguf_type', block.gguf_type_id, figure.name,
        case figure.name
            when 'bits' then block.bits when 'block_values' then block.block_values when 'block_bytes' then block.block_bytes
        end::double as value,
        null, block.source_id, block.locator, block.tier
    from gguf_type as block
    cross join (values ('bits'), ('block_values'), ('block_bytes')) as figure (name)
    union all
    select
        'weight_format', format.weight_format_id, figure.name,
        case figure.name when 'bits' then format.bits when 'group_size' then format.group_size end::double as value,
        null, format.source_id, format.locator, format.tier
    from weight_format as format
    cross join (values ('bits'), ('group_size')) as figure (name)
    union all
    select
        'weight_format_rule', rule.weight_format_id,
        rule.role || ' ' || rule.part || ' ' || rule.share || ' ' || rule.condition || ': ' || figure.name,
        case figure.name
            when 'tensor_bits' then rule.tensor_bits when 'row_bits' then rule.row_bits when 'block_bits' then rule.block_bits
        end as value,
        null, rule.source_id, rule.locator, rule.tier
    from weight_format_rule as rule
    cross join (values ('tensor_bits'), ('row_bits'), ('block_bits')) as figure (name)
    union all
    select
        'kv_dtype', kv_dtype.kv_dtype_id, 'bits', kv_dtype.bits, null, kv_dtype.source_id, kv_dtype.locator, kv_dtype.tier
    from kv_dtype
    union all
    select
        'engine_profile', profile.engine_profile_id, figure.name,
        case figure.name
            when 'default_utilization' then profile.default_utilization
            when 'block_tokens' then profile.block_tokens
            when 'mla_block_tokens' then profile.mla_block_tokens
            when 'group_ratio' then profile.group_ratio
            when 'recurrent_blocks' then profile.recurrent_blocks
            when 'index_bits' then profile.index_bits
        end::double as value,
        null, profile.source_id, profile.locator, profile.tier
    from engine_profile as profile
    cross join (
        values
        ('default_utilization'), ('block_tokens'), ('mla_block_tokens'), ('group_ratio'), ('recurrent_blocks'), ('index_bits')
    ) as figure (name)
    union all
    select
        'engine_default', preset.engine_profile_id,
        preset.setting || ' on ' || preset.accelerator_id || ' from ' || preset.from_memory_bytes || ' bytes',
        preset.value::double, null, preset.source_id, preset.locator, preset.tier
    from engine_default as preset
    union all
    select
        'engine_term', term.engine_profile_id, term.term || ' ' || term.branch || ' ' || term.driver,
        term.coefficient, term.fitted_on, term.source_id, term.locator, term.tier
    from engine_term as term
    union all
    select
        'checkpoint', checkpoint.checkpoint_id,
        checkpoint.model_id || ' in ' || checkpoint.weight_format_id || ': total_bytes', checkpoint.total_bytes::double,
        coalesce(checkpoint.as_printed, 'not known'), checkpoint.source_id, checkpoint.locator, checkpoint.tier
    from checkpoint
    union all
    select
        'measurement', measurement.engine_run_id, measurement.quantity, measurement.value, measurement.as_printed,
        run.source_id, run.locator, run.tier
    from measurement
    inner join engine_run as run on measurement.engine_run_id = run.engine_run_id
    union all
    select
        'remedy_figure', remedy.remedy, remedy.figure, null, remedy.as_printed, remedy.source_id, remedy.locator, remedy.tier
    from remedy_figure as remedy
),

with_overridden as (
    select
        figures.table_name,
        figures.subject_id,
        figures.figure,
        figures.value,
        figures.as_printed,
        figures.source_id,
        figures.locator,
        figures.tier,
        false as is_overridden
    from figures
    union all
    select
        aside.table_name,
        aside.subject_id,
        case when aside.row_key = aside.subject_id then '' else aside.row_key || ': ' end || aside.figure,
        aside.value,
        aside.as_printed,
        aside.source_id,
        aside.locator,
        aside.tier,
        true
    from overridden as aside
)

select
    figure.table_name,
    figure.subject_id,
    figure.figure,
    figure.value,
    coalesce(
        figure.as_printed,
        case when figure.value = floor(figure.value) then figure.value::bigint::varchar else figure.value::varchar end
    ) as as_printed,
    figure.source_id,
    source.title as source_title,
    source.publisher,
    source.url,
    source.revision,
    figure.locator as place,
    figure.tier,
    figure.is_overridden
from with_overridden as figure
inner join source on figure.source_id = source.source_id
where figure.value is not null or figure.as_printed is not null
