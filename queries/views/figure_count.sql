-- One row per table of figures: how many figures (non-null values that a source must be named for) it holds.

create or replace view figure_count as
select 'accelerator_spec' as table_name, count(value) as figures from accelerator_spec
union all
select 'accelerator', count(devices_per_board) from accelerator
union all
select 'system', count(nodes) from system
union all
select 'system_accelerator', count(devices) from system_accelerator
union all
select 'system_fact', count(as_printed) from system_fact
union all
select 'price', count(as_printed) from price
union all
select 'accelerator_fact', count(as_printed) from accelerator_fact
union all
select 'accelerator_partition', count(most_per_parent) from accelerator_partition
union all
select
    'model',
    count(layers) + count(hidden_size) + count(intermediate_size) + count(heads) + count(kv_heads) + count(head_dim)
    + count(vocab_size) + count(context_tokens) + count(experts) + count(experts_per_token)
from model
union all
select
    'layer_group',
    count(layers) + count(kv_heads) + count(key_dim) + count(value_dim) + count(window_tokens) + count(latent_dim)
    + count(rope_dim) + count(index_dim) + count(conv_state_values) + count(recurrent_state_values)
    + count(recurrent_state_bits) + count(compression_ratio)
from layer_group
union all
select 'tensor_group', count(param_count) from tensor_group
union all
select 'model_fact', count(as_printed) from model_fact
union all
select 'gguf_type', count(bits) + count(block_values) + count(block_bytes) from gguf_type
union all
select 'weight_format', count(bits) + count(group_size) from weight_format
union all
select 'weight_format_rule', count(tensor_bits) + count(row_bits) + count(block_bits) from weight_format_rule
union all
select 'kv_dtype', count(bits) from kv_dtype
union all
select
    'engine_profile',
    count(default_utilization) + count(block_tokens) + count(mla_block_tokens) + count(group_ratio)
    + count(recurrent_blocks) + count(index_bits)
from engine_profile
union all
select 'engine_default', count(value) from engine_default
union all
select 'engine_term', count(coefficient) from engine_term
union all
select 'checkpoint', count(*) from checkpoint
union all
select 'measurement', count(value) from measurement
union all
select 'remedy_figure', count(as_printed) from remedy_figure
union all
select 'rope_table', count(positions) + count(dim) from rope_table
union all
select
    'encoder_profile',
    count(item_patches) + count(item_tokens) + count(hidden_whole) + count(hidden_split) + count(inner_split)
    + count(other_values) + count(deep_levels) + count(table_bytes)
from encoder_profile
