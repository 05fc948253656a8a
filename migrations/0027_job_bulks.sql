-- Bulk actions on jobs are planned, executed as planned, and undone where that has a meaning.

-- A bulk action as it was planned, how far it is, and what undoes it.
create table public.job_bulks (
  id uuid primary key default gen_random_uuid(),
  action text not null check (action in ('retry', 'cancel', 'dismiss', 'prioritise')),
  priority smallint,
  -- What was selected, for the record: {ids} or {all}.
  selection jsonb not null,
  state text not null default 'planned'
    check (state in ('planned', 'running', 'stopping', 'stopped', 'done', 'undoing', 'undone')),
  -- Null for the command line.
  created_by uuid references public.profiles (id) on delete set null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  -- When the last chunk was done: who runs it may have been lost.
  beat_at timestamptz,
  selected integer not null default 0,
  eligible integer not null default 0,
  -- {reason: jobs}
  ineligible jsonb not null default '{}',
  done integer not null default 0,
  changed integer not null default 0,
  undone integer not null default 0,
  undo_changed integer not null default 0,
  -- The last item that was seen to, forwards and then backwards.
  last_item bigint not null default 0
);
comment on table public.job_bulks is 'Bulk actions on jobs: planned, executed as planned, undone.';
create index idx_job_bulks_created_by on public.job_bulks (created_by);
create index idx_job_bulks_created_at on public.job_bulks (created_at desc);

create table public.job_bulk_items (
  id bigint generated always as identity primary key,
  bulk_id uuid not null references public.job_bulks (id) on delete cascade,
  kind text not null,
  job_id uuid not null,
  -- What the job was like at the plan, and then after the action: where it is another, it is left alone.
  seen text not null,
  outcome text check (outcome in ('done', 'changed', 'undone', 'undo_changed')),
  -- The columns that an undo puts back.
  before jsonb
);
comment on table public.job_bulk_items is 'The jobs of a bulk action. No foreign key: jobs go with their photos.';
create index idx_job_bulk_items_bulk on public.job_bulk_items (bulk_id, id);

do $$
declare
  name text;
begin
  foreach name in array array['job_bulks', 'job_bulk_items'] loop
    execute format('alter table public.%I enable row level security', name);
    execute format('revoke all on public.%I from anon, authenticated', name);
    execute format('grant all on public.%I to service_role', name);
    execute format('grant select, insert, delete on public.%I to authenticated', name);
    execute format(
      'create policy %I on public.%I for select to authenticated
       using ((select private.current_staff_role()) is not null)', name || '_select', name
    );
    execute format(
      'create policy %I on public.%I for update to authenticated
       using ((select private.current_staff_role()) in (''curator'', ''admin''))
       with check ((select private.current_staff_role()) in (''curator'', ''admin''))', name || '_update', name
    );
  end loop;
end
$$;
grant update (
  state, started_at, ended_at, beat_at, selected, eligible, ineligible, done, changed, undone, undo_changed, last_item
) on public.job_bulks to authenticated;
grant update (seen, outcome, before) on public.job_bulk_items to authenticated;
create policy job_bulks_insert on public.job_bulks for insert to authenticated
  with check (
    (select private.current_staff_role()) in ('curator', 'admin') and created_by = (select auth.uid())
  );
create policy job_bulk_items_insert on public.job_bulk_items for insert to authenticated
  with check ((select private.current_staff_role()) in ('curator', 'admin'));
-- What was never executed may go, and what is too old to be undone.
create policy job_bulks_delete on public.job_bulks for delete to authenticated
  using (
    (select private.current_staff_role()) in ('curator', 'admin')
    and (
      (state = 'planned' and created_at < now() - interval '1 hour') or created_at < now() - interval '30 days'
    )
  );
revoke delete on public.job_bulk_items from authenticated;

create trigger notify_change after insert or update or delete on public.job_bulks
  for each row execute function private.notify_change();
