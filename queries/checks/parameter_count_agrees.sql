-- A model's tensors add up to the count that its maker or its checkpoint states, within 0.1 %.
--
-- A figure of a few digits may be off by its own rounding or 1 %; one that ends in 0 (70B, 110M) is taken to be rounded to tens. Roles may
-- explain the whole difference: multi-token prediction (or its copies of embedding and lm_head), vision and audio towers, an embedding
-- that is not counted, or a tied one that the checkpoint stores twice.
--
-- Mend: derive the tensor groups again from config.json (CONTRIBUTING: Add a model), or correct the stated count in model_fact.csv.

with counted as (
    select
        tensor.model_id,
        sum(tensor.param_count) as whole,
        sum(case when tensor.role = 'mtp' then tensor.param_count else 0 end) as mtp,
        sum(case when tensor.role = 'mtp' and tensor.part in ('embedding', 'lm_head') then tensor.param_count else 0 end)
            as mtp_vocabulary,
        sum(case when tensor.role in ('vision', 'audio') then tensor.param_count else 0 end) as tower,
        sum(case when tensor.role = 'embedding' then tensor.param_count else 0 end) as embedding
    from tensor_group as tensor
    group by tensor.model_id
),

stated as (
    select
        fact.model_id,
        fact.as_printed,
        fact.value,
        greatest(
            case when length(regexp_extract(replace(fact.as_printed, ',', ''), '[0-9.]+')) > 5 then 0.001 else 0.01 end * fact.value,
            0.5 * fact.value / nullif(regexp_extract(replace(replace(fact.as_printed, ',', ''), '_', ''), '[0-9.]+')::double, 0)
            / pow(10, length(regexp_extract(fact.as_printed, '[.]([0-9]+)', 1)))
            * case when regexp_matches(fact.as_printed, '^[0-9]+0([^0-9.]|$)') then 10 else 1 end
        ) as slack
    from model_fact as fact
    where fact.fact = 'parameter_count'
)

select
    stated.model_id,
    stated.as_printed,
    counted.whole as counted
from stated
inner join counted on stated.model_id = counted.model_id
where
    least(
        abs(counted.whole - stated.value),
        abs(counted.whole - counted.mtp - stated.value),
        abs(counted.whole - counted.mtp_vocabulary - stated.value),
        abs(counted.whole - counted.mtp - counted.tower - stated.value),
        abs(counted.whole - counted.embedding - stated.value),
        abs(counted.whole + counted.embedding - stated.value)
    ) > stated.slack * 1.001
