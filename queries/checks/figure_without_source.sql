-- Every figure of the catalog stands in `citation`: as many as there are non-null figures in its table.
--
-- Mend: give the row a source_id of source.csv, a locator and a tier; or add the table to the view citation.

select
    coverage.table_name,
    coverage.figures,
    coverage.uncited
from coverage
where coverage.uncited <> 0
