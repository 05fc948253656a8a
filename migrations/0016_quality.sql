-- Quality by component, beside the one score.

-- {component: 0..100, or null where it could not be determined}; docs/faces.md. It is shown, and read by a search only
-- where the settings ask for a component, so it stays out of the row that a scan reads: uncompressed in TOAST.
alter table public.faces add column quality_components jsonb;
alter table public.celebrities add column quality_components jsonb;
alter table public.faces alter column quality_components set storage external;
alter table public.celebrities alter column quality_components set storage external;
comment on column public.faces.quality_components is
  'Quality in the style of ISO/IEC 29794-5: component to 0..100, null where it could not be determined.';
comment on column public.celebrities.quality_components is
  'Quality in the style of ISO/IEC 29794-5: component to 0..100, null where it could not be determined.';

insert into public.system_settings (key, value, description) values
  (
    'match_min_components',
    '{}',
    'What a photo needs to be matched besides its quality: the least value, 0 to 100, of single components.'
  )
on conflict (key) do nothing;

-- The gate's two settings as they stand: {"score": least quality_score, "components": {component: least}}. A query over
-- many rows reads it once.
create function private.quality_gate() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'score', coalesce((select value from public.system_settings where key = 'match_min_quality'), '0.6'),
    'components', coalesce((select value from public.system_settings where key = 'match_min_components'), '{}')
  )
$$;

-- What a face lacks to be matched, one row each: a component, or "quality_score". A component that could not be
-- determined (a pack without the model, a grey photo) is no fault; a score that is not there is.
create function private.quality_faults(quality_score float8, components jsonb, gate jsonb)
returns table (component text, value float8, needed float8)
language sql immutable parallel safe set search_path = ''
as $$
  select 'quality_score', quality_score, (gate ->> 'score')::float8
  where quality_score is null or quality_score < (gate ->> 'score')::float8
  union all
  select asked.key, (components ->> asked.key)::float8, (asked.value #>> '{}')::float8
  from jsonb_each(gate -> 'components') as asked
  where case
    when jsonb_typeof(components -> asked.key) = 'number'
    then (components ->> asked.key)::numeric < (asked.value #>> '{}')::numeric
  end
$$;

-- Whether a face may be matched by a gate: whether it has none of those faults. Not asked of quality_faults, which is not
-- inlined and would take ten times as long. Components are read only where the gate asks for any: a scan of a database
-- whose settings ask for none never fetches them.
create function private.passes_quality(quality_score float8, components jsonb, gate jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = ''
as $$
declare
  asked jsonb;
  known jsonb;
begin
  if quality_score is null or quality_score < (gate ->> 'score')::float8 then
    return false;
  end if;
  asked := gate -> 'components';
  if asked = '{}' or components is null then
    return true;
  end if;
  -- Taken out of TOAST once, not once for each component.
  known := jsonb_strip_nulls(components);
  return not exists (
    select from jsonb_each(asked) as a
    where case
      when jsonb_typeof(known -> a.key) = 'number'
      then (known ->> a.key)::numeric < (a.value #>> '{}')::numeric
    end
  );
end
$$;

-- The same by the settings of this moment: for one face. A query over many reads private.quality_gate() once.
create function private.passes_quality(quality_score float8, components jsonb) returns boolean
language sql stable set search_path = ''
as $$ select private.passes_quality(quality_score, components, private.quality_gate()) $$;

revoke execute on function
  private.quality_gate(), private.quality_faults(float8, jsonb, jsonb),
  private.passes_quality(float8, jsonb, jsonb), private.passes_quality(float8, jsonb)
from public, anon, authenticated;
grant execute on function
  private.quality_gate(), private.quality_faults(float8, jsonb, jsonb),
  private.passes_quality(float8, jsonb, jsonb), private.passes_quality(float8, jsonb)
to authenticated, service_role;
