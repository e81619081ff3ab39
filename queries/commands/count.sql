-- How many models or accelerators does the catalog hold?

select count(*) as rows
from (
    select model.model_id as id from model
    where $kind = 'models'
    union all
    select accelerator.accelerator_id as id from accelerator
    where $kind = 'accelerators'
) as counted
