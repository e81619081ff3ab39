-- One row per model whose caches are compressed (DeepSeek V4): how vLLM packs its kinds of layers into blocks of one size.
--
-- Layers with a window, those compressed 4 to 1 (with an indexer) and 128 to 1, and the compressors' states, are cut into groups of
-- about group_layers; that is the number from the 4-to-1 layers' up which leaves the fewest places empty, the larger of equals. A block
-- has main_slots places of the size of a 4-to-1 page. Source: vLLM, v1/core/kv_cache_utils.py, _get_kv_cache_groups_uniform_groups and
-- _approximate_gcd.

create or replace view packed_cache as
with counted as (
    select
        layer.model_id,
        sum(case when layer.kind = 'sliding' then layer.layers else 0 end)::bigint as window_layers,
        sum(case when layer.compression_ratio = 4 then layer.layers else 0 end)::bigint as fine_layers,
        sum(case when layer.compression_ratio = 128 then layer.layers else 0 end)::bigint as coarse_layers,
        max(layer.latent_dim) as latent_dim,
        max(layer.rope_dim) as rope_dim,
        max(layer.index_dim) as index_dim
    from layer_group as layer
    group by layer.model_id
    having bool_or(layer.compression_ratio = 4) and bool_or(layer.compression_ratio = 128) and bool_or(layer.kind = 'sliding')
),

tried as (
    select
        counted.*,
        size.group_layers,
        rank() over (
            partition by counted.model_id
            order by
                2 * ((size.group_layers - counted.fine_layers % size.group_layers) % size.group_layers)
                + (size.group_layers - counted.coarse_layers % size.group_layers) % size.group_layers
                + (size.group_layers - counted.window_layers % size.group_layers) % size.group_layers,
                size.group_layers desc
        ) as choice
    from counted
    inner join generate_series(1, 1000) as size (group_layers)
        on
            counted.fine_layers <= size.group_layers
            and size.group_layers <= greatest(counted.fine_layers, counted.coarse_layers, counted.window_layers)
)

select
    tried.model_id,
    tried.fine_layers,
    tried.coarse_layers,
    tried.group_layers,
    ceil(tried.window_layers / tried.group_layers)::bigint as window_groups,
    ceil(tried.coarse_layers / tried.group_layers)::bigint as coarse_groups,
    greatest(
        tried.fine_layers,
        ceil(tried.window_layers / ceil(tried.window_layers / tried.group_layers)),
        ceil(tried.coarse_layers / ceil(tried.coarse_layers / tried.group_layers))
    )::bigint as main_slots,
    tried.latent_dim,
    tried.rope_dim,
    tried.index_dim
from tried
where tried.choice = 1
