-- Which engines, and from which version on, have rules?

select
    profile.engine,
    min(profile.version_from) || ' and later' as versions
from engine_profile as profile
group by profile.engine
order by profile.engine
