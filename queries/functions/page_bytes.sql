-- Bytes of a cache page that holds `entries` of `entry_bytes` each, rounded up to whole steps of `alignment_bytes`.
--
-- Source: vLLM, v1/kv_cache_interface.py, MLAAttentionSpec and SlidingWindowMLASpec of DeepSeek V4.

create or replace macro page_bytes(entries bigint, entry_bytes double, alignment_bytes bigint) as
ceil(entries * entry_bytes / alignment_bytes) * alignment_bytes;

-- tests

select page_bytes(64, 584, 576) = 37440 as sixty_four_entries_of_deepseek_v4;
select page_bytes(64, 132, 576) = 8640 as as_many_keys_of_its_indexer;
select page_bytes(2, 584, 576) = 1728 as two_entries_of_its_coarse_layers;
select page_bytes(64, null, 576) is null as unknown_stays_unknown;
