-- The rows kept for speed are those of their views; after a change by SQL, `mlsysdb upgrade` keeps them anew.
--
-- Mend: run `mlsysdb upgrade`, which keeps the rows of these views anew.

with differing as (
    (select 'accelerator_memory' as relation, view.accelerator_id as id, view.runtime_memory_bytes as value from accelerator_memory as view)
    except
    (select 'accelerator_memory', kept.accelerator_id, kept.runtime_memory_bytes from kept_accelerator_memory as kept)
    union all
    (
        (select 'checkpoint_name', view.name_key || ' ' || view.checkpoint_id, view.total_bytes from checkpoint_name as view)
        except
        (select 'checkpoint_name', kept.name_key || ' ' || kept.checkpoint_id, kept.total_bytes from kept_checkpoint_name as kept)
    )
    union all
    (
        (
            select 'engine_default_for', view.accelerator_id, sum(view.value) from engine_default_for as view
            group by view.accelerator_id
        )
        except
        (
            select 'engine_default_for', kept.accelerator_id, sum(kept.value) from kept_engine_default_for as kept
            group by kept.accelerator_id
        )
    )
    union all
    (
        (select 'engine_rule', view.engine_profile_id, view.before_number - view.from_number from engine_rule as view)
        except
        (select 'engine_rule', kept.engine_profile_id, kept.before_number - kept.from_number from kept_engine_rule as kept)
    )
    union all
    (
        (select 'model_cache', view.model_id, view.keeps_nothing::int from model_cache as view)
        except
        (select 'model_cache', kept.model_id, kept.keeps_nothing::int from kept_model_cache as kept)
    )
    union all
    (
        (select 'model_encoder', view.model_id, view.whole_values + view.split_values from model_encoder as view)
        except
        (select 'model_encoder', kept.model_id, kept.whole_values + kept.split_values from kept_model_encoder as kept)
    )
    union all
    (
        (select 'model_kv_width', view.model_id, view.bits from model_kv_width as view)
        except
        (select 'model_kv_width', kept.model_id, kept.bits from kept_model_kv_width as kept)
    )
    union all
    (
        (select 'model_trait', view.model_id, view.hidden_size + view.layers from model_trait as view)
        except
        (select 'model_trait', kept.model_id, kept.hidden_size + kept.layers from kept_model_trait as kept)
    )
    union all
    (
        (
            select 'model_weight', view.model_id, round(sum(view.weights_bytes)) from model_weight as view
            group by view.model_id
        )
        except
        (
            select 'model_weight', kept.model_id, round(sum(kept.weights_bytes)) from kept_model_weight as kept
            group by kept.model_id
        )
    )
    union all
    (
        (
            select 'whole_weight', view.model_id, round(sum(view.layers_bytes)) from whole_weight as view
            group by view.model_id
        )
        except
        (
            select 'whole_weight', kept.model_id, round(sum(kept.layers_bytes)) from kept_whole_weight as kept
            group by kept.model_id
        )
    )
    union all
    (
        (select 'name', view.name_key || ' ' || view.target_id, view.is_preferred::int from name as view)
        except
        (select 'name', kept.name_key || ' ' || kept.target_id, kept.is_preferred::int from kept_name as kept)
    )
    union all
    (
        (select 'packed_cache', view.model_id, view.main_slots + view.latent_dim from packed_cache as view)
        except
        (select 'packed_cache', kept.model_id, kept.main_slots + kept.latent_dim from kept_packed_cache as kept)
    )
    union all
    (
        (select 'resolved_name', view.name_key || ' ' || view.target_id, view.targets from resolved_name as view)
        except
        (select 'resolved_name', kept.name_key || ' ' || kept.target_id, kept.targets from kept_resolved_name as kept)
    )
)

select
    differing.relation,
    differing.id
from differing
