-- Does a model fit an accelerator, and by which terms? One row.

select answer.*
from answer(
    $gpu, $model, $devices, $tensor_parallel, $pipeline_parallel, $expert_parallel, $context_tokens, $sequences,
    $weight_format, $kv_dtype, $engine, $memory_utilization, $max_sequences, $max_batched_tokens, $enforce_eager, $beyond_context
) as answer
