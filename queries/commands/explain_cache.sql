-- What does each group of layers keep for the sequences at once, on one device?

select
    layer.kind,
    layer.layers,
    layer.kv_heads,
    layer.key_dim,
    layer.value_dim,
    layer.window_tokens,
    layer.latent_dim,
    layer.rope_dim,
    layer.index_dim,
    layer.conv_state_values,
    layer.recurrent_state_values,
    kv_dtype.bits as kv_bits,
    cached_tokens($context_tokens, layer.window_tokens) as cached_tokens,
    stage_layers(layer.layers, $pipeline_parallel) * kv_token_bytes(
        layer.kind, layer.kv_heads, layer.key_dim, layer.value_dim, layer.latent_dim, layer.rope_dim, layer.index_dim,
        layer.compression_ratio, kv_dtype.bits, profile.index_bits, $tensor_parallel
    ) as bytes_per_token,
    $sequences * stage_layers(layer.layers, $pipeline_parallel) * (
        kv_token_bytes(
            layer.kind, layer.kv_heads, layer.key_dim, layer.value_dim, layer.latent_dim, layer.rope_dim, layer.index_dim,
            layer.compression_ratio, kv_dtype.bits, profile.index_bits, $tensor_parallel
        ) * cached_tokens($context_tokens, layer.window_tokens)
        + state_bytes(
            layer.conv_state_values, layer.recurrent_state_values, layer.recurrent_state_bits, own.bits, $tensor_parallel
        )
    ) as kv_cache_bytes,
    layer.source_id,
    layer.locator,
    layer.tier
from layer_group as layer
inner join model_kv_width as own on layer.model_id = own.model_id
inner join kv_dtype on kv_dtype.kv_dtype_id = $kv_dtype
inner join engine_profile as profile on profile.engine_profile_id = $engine_profile_id
where layer.model_id = $model
order by layer.ordinal
