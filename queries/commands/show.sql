-- Every figure of one model, checkpoint, accelerator, system, weight format, KV dtype or engine, with its source.

with cited as (
    select
        citation.table_name,
        citation.figure || case when citation.is_overridden then ' (overridden by yours)' else '' end as figure,
        citation.as_printed,
        citation.value,
        citation.tier,
        citation.source_title as source,
        citation.place,
        citation.url
    from citation
    where
        (
            $kind = 'model' and citation.subject_id = $id
            and citation.table_name in ('model', 'model_fact', 'layer_group', 'tensor_group')
        )
        or ($kind = 'checkpoint' and citation.subject_id = $id and citation.table_name = 'checkpoint')
        or (
            $kind = 'accelerator' and citation.subject_id = $id
            and citation.table_name in ('accelerator', 'accelerator_fact', 'accelerator_partition', 'accelerator_spec', 'price')
        )
        or (
            $kind = 'system' and citation.subject_id = $id
            and citation.table_name in ('system', 'system_accelerator', 'system_fact', 'price')
        )
        or ($kind = 'weight_format' and citation.subject_id = $id and citation.table_name in ('weight_format', 'weight_format_rule'))
        or ($kind = 'kv_dtype' and citation.subject_id = $id and citation.table_name = 'kv_dtype')
        or (
            $kind = 'engine' and citation.table_name in ('engine_profile', 'engine_default', 'engine_term')
            and citation.subject_id in (
                select profile.engine_profile_id from engine_profile as profile
                where profile.engine = $id
            )
        )
)

select
    cited.table_name,
    cited.figure,
    cited.as_printed,
    cited.value,
    cited.tier,
    cited.source,
    cited.place,
    cited.url
from cited
order by
    case
        when cited.table_name in ('model', 'accelerator', 'system_accelerator') then 0
        when cited.table_name in ('system', 'model_fact') then 1
        when cited.table_name in ('tensor_group', 'price') then 3
        else 2
    end,
    cited.table_name, cited.figure, tier_rank(cited.tier), cited.source
