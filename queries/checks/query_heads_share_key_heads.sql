-- Query heads are a whole multiple of key and value heads.
--
-- Mend: read num_attention_heads and num_key_value_heads again in the model's config.json, and correct heads or kv_heads in model.csv.

select
    model.model_id,
    model.heads,
    model.kv_heads
from model
where model.heads % model.kv_heads <> 0
