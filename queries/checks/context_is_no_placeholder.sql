-- A context is one that the model was made for: no placeholder, and no rotary factor counted twice.
--
-- 163,840 times a factor of 40 was shown for DeepSeek-V3 (its config holds the product already) and 1,048,576 for Llama 3.1 70B (131,072
-- times 8).
--
-- Mend: correct context_tokens in model.csv: config.json's max_position_embeddings already holds the scaled length in most models.

select
    model.model_id,
    model.context_tokens,
    fact.as_printed as stated_context
from model
left join model_fact as fact on model.model_id = fact.model_id and fact.fact = 'context_tokens'
where
    model.context_tokens < 64
    or model.context_tokens > 10485760
    or model.context_tokens > 7.5 * fact.value
