-- Share of the usual CUDA graph sizes that are captured when an engine serves few sequences.
--
-- Sizes are 1, 2, 4, then every 8 to 248, then every 16 to 512, up to twice max_sequences; 51 from 256 sequences on. Source:
-- vLLM 0.19.0, vllm/config/vllm.py, _set_cudagraph_sizes.

create or replace macro captured_graphs(max_sequences bigint) as
case
    when max_sequences >= 256 then 51
    when max_sequences >= 128 then 34 + (2 * max_sequences - 256) // 16 + 1
    else least(2 * max_sequences, 3) + 2 * max_sequences // 8
end / 51.0;

-- tests

select captured_graphs(1024) = 1 as all_of_them;
select captured_graphs(32) < 0.25 as few_for_few_sequences;
select captured_graphs(128) <= captured_graphs(256) as more_sequences_capture_more;
select captured_graphs(null) is null as unknown_stays_unknown;
