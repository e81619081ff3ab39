-- Which of some texts, given as a list, names an accelerator? The first by name.

select min(given.text) as text
from (select unnest($texts) as text) as given
inner join kept_resolved_name as resolved on resolved.kind = 'accelerator' and resolved.name_key = name_key(given.text)
