-- Which figures has nobody here read in their source yet?
--
-- One row per figure of tier U, or without a place in its source.

select
    citation.table_name,
    citation.subject_id,
    citation.figure,
    citation.as_printed,
    citation.tier,
    citation.source_title,
    citation.url,
    citation.place
from mlsysdb.citation as citation
where citation.tier = 'U' or citation.place is null
order by citation.table_name asc, citation.subject_id asc, citation.figure asc, citation.source_title asc
