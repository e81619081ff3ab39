-- Bytes one layer caches for one token on one tensor-parallel rank.
--
-- Attention keeps key and value of each kv head, at least one head a rank; MLA keeps one latent and one rotary key for all
-- heads, on every rank (DeepSeek-V2, arXiv 2405.04434, section 2.1.3); recurrent and shared layers and layers without
-- attention keep nothing a token. `index_bits` is the width of a sparse indexer's key with its scale, spread over its values.
-- Sparse MLA in FP8 adds scales of 128 values and keeps its rotary key in 16 bits (vLLM, v1/kv_cache_interface.py, fp8_ds_mla);
-- compressed caches keep one entry and one index key for `compression_ratio` tokens, in FP8 with a byte of scale for 64 values and
-- one to spare (vLLM, models/deepseek_v4/compressor.py).

create or replace macro kv_token_bytes(
    kind varchar, kv_heads bigint, key_dim bigint, value_dim bigint, latent_dim bigint, rope_dim bigint,
    index_dim bigint, compression_ratio bigint, kv_bits double, index_bits double, tensor_parallel bigint
) as
(case
    when kind in ('full', 'sliding', 'chunked')
        then ceil(kv_heads / tensor_parallel) * (key_dim + value_dim) * kv_bits / 8
    when kind = 'mla' and compression_ratio is not null and kv_bits = 8
        then latent_dim + ceil(latent_dim / 64) + 1 + coalesce(rope_dim, 0) * 2
    when kind = 'mla' and index_dim is not null and kv_bits = 8
        then latent_dim + latent_dim / 128 * 4 + coalesce(rope_dim, 0) * 2
    when kind = 'mla'
        then (latent_dim + coalesce(rope_dim, 0)) * kv_bits / 8
    when kind in ('recurrent', 'shared', 'none') then 0
end + coalesce(index_dim, 0) * index_bits / 8) / coalesce(compression_ratio, 1);

-- tests

select kv_token_bytes('full', 8, 128, 128, null, null, null, null, 16, 16, 1) * 80 = 327680 as llama_3_70b;
select kv_token_bytes('mla', null, null, null, 512, 64, null, null, 16, 16, 8) * 61 = 70272 as deepseek_v3_on_any_rank;
select kv_token_bytes('full', 8, 128, 128, null, null, null, null, 16, 16, 16) = 512 as one_head_a_rank_at_least;
select kv_token_bytes('recurrent', null, null, null, null, null, null, null, 16, 16, 1) = 0 as recurrent_layers_keep_no_tokens;
select kv_token_bytes('full', null, 128, 128, null, null, null, null, 16, 16, 1) is null as unknown_stays_unknown;
select kv_token_bytes('mla', null, null, null, 512, 64, 128, null, 8, 8.25, 1) = 656 + 132 as deepseek_v32_in_fp8_with_its_index;
select kv_token_bytes('mla', null, null, null, 448, 64, 128, 4, 8, 8.25, 1) = (584 + 132) / 4 as deepseek_v4_in_fp8_with_its_index;
select kv_token_bytes('mla', null, null, null, 448, 64, null, 128, 8, 8.25, 1) = 584 / 128 as deepseek_v4s_coarse_layers;
