-- The 8-bit KV cache dtype that an engine offers.

select kv_dtype.kv_dtype_id
from kv_dtype
inner join kv_dtype_engine as offers on kv_dtype.kv_dtype_id = offers.kv_dtype_id
where offers.engine = split_part($engine, '==', 1) and kv_dtype.bits between 8 and 8.5
order by
    case when kv_dtype.kv_dtype_id = case offers.engine when 'ideal' then 'int8' else 'fp8' end then 0 else 1 end asc,
    kv_dtype.bits asc,
    kv_dtype.kv_dtype_id asc
limit 1
