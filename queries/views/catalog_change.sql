-- One row per row that was added, changed or withdrawn since the newest release recorded in release_row.

create or replace view catalog_change as
with newest as (
    select max(version_number(release_row.release)) as number from release_row
),

before as (
    select release_row.* from release_row
    inner join newest on version_number(release_row.release) = newest.number
)

select
    coalesce(catalog_row.table_name, before.table_name) as table_name,
    coalesce(catalog_row.row_key, before.row_key) as row_key,
    case
        when before.row_key is null then 'added'
        when catalog_row.row_key is null then 'withdrawn'
        else 'changed'
    end as change,
    before.release as since_release
from catalog_row
full outer join before on catalog_row.table_name = before.table_name and catalog_row.row_key = before.row_key
where before.row_key is null or catalog_row.row_key is null or catalog_row.fingerprint <> before.fingerprint
