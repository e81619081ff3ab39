-- Which models fit an accelerator: one row per model, at the widest weight format that fits, verdicts of false included.
--
-- Unset options mean: the newest vllm, 8,192 tokens (or the model's own context, if shorter), one sequence, one device, the
-- cache in the model's own dtype.

create or replace macro fits(
    gpu_name,
    devices := 1, tensor_parallel := null, pipeline_parallel := null, expert_parallel := null,
    context_tokens := null, sequences := null, weight_format := 'auto', kv_dtype := null, engine := 'vllm',
    memory_utilization := null, max_sequences := null, max_batched_tokens := null,
    enforce_eager := false, beyond_context := false
) as table
select answer.*
from mlsysdb.answer(
    gpu_name, null, devices, tensor_parallel, pipeline_parallel, expert_parallel, context_tokens, sequences,
    weight_format, kv_dtype, engine, memory_utilization, max_sequences, max_batched_tokens, enforce_eager, beyond_context
) as answer;
