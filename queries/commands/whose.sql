-- Whose row is this: the catalog's (seed) or the user's?

with owned as (
    select 'model' as kind, model_id as id, source_id from model
    union all
    select 'accelerator', accelerator_id, source_id from accelerator
    union all
    select 'organization', organization_id, source_id from organization
    union all
    select 'engine_run', engine_run_id, source_id from engine_run
    union all
    select 'source', source_id, source_id from source
)

select source.origin
from owned
inner join source on owned.source_id = source.source_id
where owned.kind = $kind and owned.id = $id
