-- Which engines load a weight format?

select loads.engine
from weight_format_engine as loads
where loads.weight_format_id = $format
order by loads.engine
