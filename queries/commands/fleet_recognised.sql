-- Which of some texts name an accelerator?

select given.text
from (select unnest($texts::varchar []) as text) as given
inner join kept_resolved_name as resolved on resolved.kind = 'accelerator' and resolved.name_key = name_key(given.text)
limit 1
