-- What is in a system: its devices, and what joins them.

select
    figure.system_id,
    figure.accelerator_id,
    figure.accelerator_kinds,
    figure.devices,
    figure.nodes,
    figure.fabric,
    figure.network
from system_figure as figure
where figure.system_id = $system
