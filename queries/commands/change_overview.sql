-- How many rows did each table gain, change and lose since the release before?

select
    change.table_name,
    max(change.since_release) as since_release,
    count(*) filter (where change.change = 'added') as added,
    count(*) filter (where change.change = 'changed') as changed,
    count(*) filter (where change.change = 'withdrawn') as withdrawn
from catalog_change as change
group by change.table_name
order by change.table_name
