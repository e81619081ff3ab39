-- Where was each figure behind an answer read?

select
    citation.table_name,
    citation.subject_id,
    case when citation.table_name in ('tensor_group', 'layer_group') then 'all groups' else citation.figure end as figure,
    case when citation.table_name in ('tensor_group', 'layer_group') then null else min(citation.as_printed) end as as_printed,
    citation.source_title,
    citation.url,
    citation.place,
    citation.tier
from citation
where
    not citation.is_overridden
    and (
        (citation.table_name in ('model', 'layer_group', 'tensor_group') and citation.subject_id = $model)
        or (
            citation.table_name = 'accelerator_spec' and citation.subject_id = $accelerator
            and citation.figure in ('memory (device)', 'visible_memory (device)', 'runtime_memory (device)')
        )
        or (citation.table_name = 'weight_format' and citation.subject_id = $weight_format)
        or (citation.table_name = 'checkpoint' and citation.subject_id = $checkpoint)
        or (citation.table_name = 'kv_dtype' and citation.subject_id = $kv_dtype)
        or (citation.table_name in ('engine_profile', 'engine_default') and citation.subject_id = $engine_profile_id)
    )
group by
    citation.table_name, citation.subject_id,
    case when citation.table_name in ('tensor_group', 'layer_group') then 'all groups' else citation.figure end,
    citation.source_title, citation.url, citation.place, citation.tier
order by citation.table_name, figure, citation.source_title
