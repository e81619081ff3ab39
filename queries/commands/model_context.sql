-- How long a context does a model support?

select model.context_tokens
from model
where model.model_id = $model
