-- Which rules stand for an engine, or for one version of it?

select choice.engine_profile_id
from engine_choice($engine) as choice
