-- What profiling keeps of a vision tower until the language model has run too, in 16 bits: pictures, their tokens, and tables.
--
-- Source: vLLM, v1/worker/gpu_model_runner.py profile_run (batched_dummy_mm_inputs, dummy_encoder_outputs).

create or replace macro encoder_kept_bytes(
    patches bigint, tokens bigint, patch_values bigint, output_values bigint, table_bytes bigint
) as
2 * patches * patch_values + 2 * tokens * output_values + table_bytes;

-- tests

select encoder_kept_bytes(131072, 8192, 588, 2560, 0) = 196083712 as gemma_3_4b_in_a_step_of_8192;
select encoder_kept_bytes(65536, 16384, 1536, 2048, 0) = 268435456 as qwen36_35b;
select encoder_kept_bytes(null, 16384, 1536, 2048, 0) is null as unknown_stays_unknown;
