-- What a coefficient of an engine's memory term multiplies.
--
-- constant: once. sampled_logits: max_sequences x vocab_size; sorted_logits: the same for at most 132 sequences (one a
-- multiprocessor). step_hidden: max_batched_tokens x hidden_size; step_intermediate: x intermediate_size / tensor_parallel;
-- step_experts: x experts_per_token x the widths of both expert products, 0 for MXFP4. layers: layers on the stage;
-- hidden_share: hidden_size / tensor_parallel. experts, encoder: 1 for a model that has them. one_rank, two_ranks, more_ranks:
-- 1 for that many tensor-parallel ranks. Source: vLLM 0.19.0, v1/worker/gpu_model_runner.py, profile_run, and
-- v1/sample/ops/topk_topp_sampler.py; fused_moe/layer.py for step_experts.

create or replace macro engine_driver(
    driver varchar, max_sequences bigint, max_batched_tokens bigint, vocab_size bigint, hidden_size bigint,
    intermediate_size bigint, experts_per_token bigint, expert_intermediate_size bigint, has_encoder boolean,
    layers bigint, tensor_parallel bigint, weight_format_id varchar
) as
case driver
    when 'constant' then 1
    when 'sampled_logits' then max_sequences * vocab_size
    when 'sorted_logits' then least(max_sequences, 132) * vocab_size
    when 'step_hidden' then max_batched_tokens * hidden_size
    when 'step_intermediate' then max_batched_tokens * intermediate_size / tensor_parallel
    when 'step_experts'
        then
            case when weight_format_id = 'mxfp4' then 0 else 1 end
            * max_batched_tokens * experts_per_token * (
                greatest(expert_intermediate_size / tensor_parallel, hidden_size)
                + greatest(2 * expert_intermediate_size / tensor_parallel, hidden_size)
            )
    when 'layers' then layers
    when 'hidden_share' then hidden_size / tensor_parallel
    when 'experts' then case when experts_per_token > 0 then 1 else 0 end
    when 'encoder' then case when has_encoder then 1 else 0 end
    when 'one_rank' then case when tensor_parallel = 1 then 1 else 0 end
    when 'two_ranks' then case when tensor_parallel = 2 then 1 else 0 end
    when 'more_ranks' then case when tensor_parallel > 2 then 1 else 0 end
end;

-- tests

select engine_driver('constant', 256, 2048, 128256, 8192, 28672, 0, 0, false, 80, 1, 'bf16') = 1 as once;
select engine_driver('sampled_logits', 256, 2048, 128256, 8192, 28672, 0, 0, false, 80, 1, 'bf16') = 32833536 as logits;
select engine_driver('step_experts', 1, 10, 1, 100, 0, 2, 30, false, 1, 1, 'bf16') = 4000 as products_as_wide_as_the_model;
select engine_driver('step_experts', 1, 10, 1, 100, 0, 2, 30, false, 1, 1, 'mxfp4') = 0 as mxfp4_kernels_have_no_workspace;
select engine_driver('two_ranks', 1, 1, 1, 1, 1, 0, 0, false, 1, 2, 'bf16') = 1 as a_step_of_tensor_parallelism;
select engine_driver('sampled_logits', 256, 2048, null, 8192, 28672, 0, 0, false, 80, 1, 'bf16') is null as unknown;
