-- What a coefficient of an engine's memory term multiplies.
--
-- constant: 1. sampled_logits: max_sequences x vocab_size; native_logits: the same, unless FlashInfer samples; few_native_logits:
-- the same for 2 to 127 sequences, which PyTorch sorts in another way; sorted_logits: at most 132 sequences (one a
-- multiprocessor); step_logits: max_batched_tokens x vocab_size. sampled_hidden: max_sequences x hidden_size. step_hidden:
-- max_batched_tokens x hidden_size; step_intermediate: x intermediate_size / tensor_parallel; step_experts: x experts_per_token x
-- the widths of both expert products (0 for MXFP4); kept_experts: the same where the engine keeps those buffers (not for int4).
-- graph_layers, graph_hidden, graph_experts: layers of the stage, hidden_size / tensor_parallel and 1 for a mixture of experts,
-- times the share of graphs captured; graphs: that share. encoder: 1 for a model with a vision or audio tower that was not read; encoder_peak,
-- encoder_kept: what the functions of those names say of one that was. one_rank,
-- two_ranks, more_ranks: 1 for that many tensor-parallel ranks; hbm_one_rank, hbm_two_ranks, hbm_more_ranks: the same on devices with HBM;
-- ranks: devices; big_device: 1 above 60 GiB; seats:
-- max_sequences; step_tokens: max_batched_tokens. rope_table: rows x values of the rotary tables (context_tokens x head_dim,
-- unless linear scaling makes them longer). unsplit: what the function of that name says of each matrix. absorbed: parameters of
-- MLA's kv_b kept a second time in 16 bits beside narrower weights. padded_128, padded_64: MXFP4 experts with hidden rounded up
-- to 256 and the inner width of a rank to 128 (256 on ROCm) or 64, less the unpadded. rocm, rocm_peers: 1 on AMD devices, on
-- several of them; hopper: 1 on Hopper; cdna3: 1 on MI300 and MI350;
-- flashinfer_attention: 1 where FlashInfer attends (8-bit caches off Hopper, Blackwell with
-- HBM; not for latent attention); shared_memory: 1 where device and host share memory. Source: vLLM,
-- v1/worker/gpu_model_runner.py profile_run, v1/sample/sampler.py, model_executor/layers/fused_moe; PyTorch,
-- aten/src/ATen/native/cuda/SortStable.cu.

create or replace macro engine_driver(
    driver varchar, max_sequences bigint, max_batched_tokens bigint, graphs double, vocab_size bigint, hidden_size bigint,
    intermediate_size bigint, experts_per_token bigint, expert_width bigint, expert_params bigint, absorbed_params bigint,
    rope_values bigint, unsplit_bytes double, has_encoder boolean, layers bigint, tensor_parallel bigint, devices bigint,
    total_bytes double, weight_format_id varchar, is_rocm boolean, is_shared_memory boolean, is_large_workspace boolean,
    is_hbm boolean, is_flashinfer boolean, is_flashinfer_attention boolean, encoder_peak_bytes double, encoder_kept_bytes double
) as
case driver
    when 'constant' then 1
    when 'sampled_logits' then max_sequences * vocab_size
    when 'native_logits' then case when is_flashinfer then 0 else max_sequences * vocab_size end
    when 'few_native_logits'
        then case when is_flashinfer or max_sequences not between 2 and 127 then 0 else max_sequences * vocab_size end
    when 'sampled_hidden' then max_sequences * hidden_size
    when 'sorted_logits' then least(max_sequences, 132) * vocab_size
    when 'step_logits' then max_batched_tokens * vocab_size
    when 'step_hidden' then max_batched_tokens * hidden_size
    when 'step_intermediate' then max_batched_tokens * intermediate_size / tensor_parallel
    when 'step_experts'
        then
            case when weight_format_id = 'mxfp4' then 0 else 1 end
            * max_batched_tokens * experts_per_token * (
                greatest(expert_width / tensor_parallel, hidden_size) + greatest(2 * expert_width / tensor_parallel, hidden_size)
            )
    when 'kept_experts'
        then
            case
                when weight_format_id = 'mxfp4' or regexp_matches(weight_format_id, 'int4|w4a16') then 0
                else
                    max_batched_tokens * experts_per_token * (
                        greatest(expert_width / tensor_parallel, hidden_size)
                        + greatest(2 * expert_width / tensor_parallel, hidden_size)
                    )
            end
    when 'graphs' then graphs
    when 'graph_layers' then layers * graphs
    when 'graph_hidden' then hidden_size / tensor_parallel * graphs
    when 'graph_experts' then case when experts_per_token > 0 then graphs else 0 end
    when 'encoder' then case when has_encoder then 1 else 0 end
    when 'flashinfer_attention' then case when is_flashinfer_attention and absorbed_params = 0 then 1 else 0 end
    when 'encoder_peak' then encoder_peak_bytes
    when 'encoder_kept' then encoder_kept_bytes
    when 'one_rank' then case when tensor_parallel = 1 then 1 else 0 end
    when 'two_ranks' then case when tensor_parallel = 2 then 1 else 0 end
    when 'more_ranks' then case when tensor_parallel > 2 then 1 else 0 end
    when 'hbm_one_rank' then case when is_hbm and tensor_parallel = 1 then 1 else 0 end
    when 'hbm_two_ranks' then case when is_hbm and tensor_parallel = 2 then 1 else 0 end
    when 'hbm_more_ranks' then case when is_hbm and tensor_parallel > 2 then 1 else 0 end
    when 'ranks' then devices
    when 'big_device' then case when total_bytes > 60 * 1073741824.0 then 1 else 0 end
    when 'seats' then max_sequences
    when 'step_tokens' then max_batched_tokens
    when 'rope_table' then rope_values
    when 'unsplit' then unsplit_bytes
    when 'absorbed'
        then
            case when weight_format_id in ('bf16', 'fp16', 'fp32') then 0 else absorbed_params / tensor_parallel end
    when 'padded_128'
        then
            case
                when weight_format_id = 'mxfp4' and expert_width > 0
                    then expert_params * (
                        ceil(expert_width / tensor_parallel / case when is_rocm then 256 else 128 end)
                        * case when is_rocm then 256 else 128 end / expert_width * ceil(hidden_size / 256) * 256 / hidden_size
                        - 1.0 / tensor_parallel
                    )
                else 0
            end
    when 'rocm' then case when is_rocm then 1 else 0 end
    when 'hopper' then case when is_large_workspace and not is_rocm then 1 else 0 end
    when 'cdna3' then case when is_large_workspace and is_rocm then 1 else 0 end
    when 'rocm_peers' then case when is_rocm and tensor_parallel > 1 then 1 else 0 end
    when 'shared_memory' then case when is_shared_memory then 1 else 0 end
    when 'padded_64' then
        case
            when weight_format_id = 'mxfp4' and expert_width > 0
                then expert_params * (
                    ceil(expert_width / tensor_parallel / 64) * 64 / expert_width * ceil(hidden_size / 256) * 256 / hidden_size
                    - 1.0 / tensor_parallel
                )
            else 0
        end
end;

-- tests

select
    engine_driver('constant', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false, false, false, 0, 0) = 1
        as once;
select
    engine_driver(
        'sampled_logits', 256, 1, 1, 128256, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) = 32833536
        as logits;
select
    engine_driver(
        'step_experts', 1, 10, 1, 1, 100, 0, 2, 30, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false,
        false, false, 0, 0) = 4000
        as both_products;
select
    engine_driver(
        'step_experts', 1, 10, 1, 1, 100, 0, 2, 30, 0, 0, 1, 0, false, 1, 1, 1, 1, 'mxfp4', false, false, false, false,
        false, false, 0, 0) = 0
        as none_for_mxfp4;
select
    engine_driver('two_ranks', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 2, 2, 1, 'bf16', false, false, false, false, false, false, 0, 0)
    = 1
        as a_step_of_parallelism;
select
    round(engine_driver(
        'padded_128', 1, 1, 1, 1, 2880, 1, 4, 2880, 1000000, 0, 1, 0, false, 1, 1, 1, 1, 'mxfp4', false, false,
        false, false, false, false, 0, 0
    )) = 90370
        as gpt_oss_20b_is_padded_from_2880_to_3072_by_2944;
select
    engine_driver(
        'padded_128', 1, 1, 1, 1, 2880, 1, 4, 2880, 1000000, 0, 1, 0, false, 1, 1, 1, 1, 'fp8', false, false, false,
        false, false, false, 0, 0) = 0
        as mxfp4_only;
select
    engine_driver(
        'sampled_logits', 256, 1, 1, null, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) is null
        as unknown;
select
    engine_driver(
        'rope_table', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 33554432, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) = 33554432
        as rows_times_values;
select
    engine_driver(
        'unsplit', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1048576, false, 1, 1, 1, 1, 'bf16', false, false, false, false,
        false, false, 0, 0) = 1048576
        as rests_of_blocks;
select
    engine_driver(
        'native_logits', 256, 1, 1, 100, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) = 25600
        as sorted_by_pytorch;
select
    engine_driver(
        'native_logits', 256, 1, 1, 100, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false,
        true, false, 0, 0) = 0
        as not_where_flashinfer_samples;
select
    engine_driver(
        'few_native_logits', 127, 1, 1, 100, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) = 12700
        as few_are_sorted_otherwise;
select
    engine_driver(
        'few_native_logits', 128, 1, 1, 100, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) = 0
        as few_end_at_127;
select
    engine_driver(
        'few_native_logits', 1, 1, 1, 100, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false,
        false, false, false, 0, 0) = 0
        as one_is_no_few;
select
    engine_driver(
        'kept_experts', 1, 10, 1, 1, 100, 0, 2, 30, 0, 0, 1, 0, false, 1, 1, 1, 1, 'fp8', false, false, false, false,
        false, false, 0, 0) = 4000
        as buffers_that_stay;
select
    engine_driver(
        'kept_experts', 1, 10, 1, 1, 100, 0, 2, 30, 0, 0, 1, 0, false, 1, 1, 1, 1, 'w4a16-g128', false, false, false,
        false, false, false, 0, 0) = 0
        as marlin_frees_its_own;
select
    engine_driver('hopper', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, true, false, false, false, 0, 0) = 1
        as a_larger_workspace;
select
    engine_driver('cdna3', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', true, false, true, false, false, false, 0, 0) = 1
        as a_larger_workspace_of_amds;
select
    engine_driver('hopper', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', true, false, true, false, false, false, 0, 0) = 0
        as amds_are_no_hopper;
select
    engine_driver('hbm_more_ranks', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 4, 4, 1, 'bf16', false, false, true, true, false, false, 0, 0)
    = 1
        as joined_by_more_than_a_bus;
select
    engine_driver(
        'hbm_more_ranks', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 4, 4, 1, 'bf16', false, false, false, false, false, false, 0, 0
    )
    = 0
        as not_on_consumer_cards;
select
    engine_driver('encoder_peak', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false, false, false, 7, 5)
    = 7
        as of_the_towers_pass;
select
    engine_driver('encoder_kept', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false, false, false, 7, 5)
    = 5
        as of_its_pictures;
select
    engine_driver(
        'flashinfer_attention', 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false, false, true, 0, 0
    ) = 1 as its_workspace;
select
    engine_driver(
        'flashinfer_attention', 1, 1, 1, 1, 1, 1, 0, 0, 0, 5, 1, 0, false, 1, 1, 1, 1, 'bf16', false, false, false, false, false, true, 0, 0
    ) = 0 as latent_attention_has_its_own;
