-- Which architectures does the catalog hold models of?

select distinct model.architecture
from model
order by model.architecture
