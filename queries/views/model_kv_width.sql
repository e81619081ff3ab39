-- One row per model: the width its KV cache has when nothing else is asked for, that of the model's own dtype.
--
-- A config that names no dtype is read as bfloat16, as engines load it.

create or replace view model_kv_width as
select
    model.model_id,
    kv_dtype.kv_dtype_id,
    kv_dtype.bits
from model
inner join resolved_name
    on resolved_name.kind = 'kv_dtype' and name_key(coalesce(model.torch_dtype, 'bfloat16')) = resolved_name.name_key
inner join kv_dtype on resolved_name.target_id = kv_dtype.kv_dtype_id
