-- Messages stay as they were written, and nobody writes across a block; what a notification is about takes it along.

-- For every client and service: written by one of the two, to a connection that is active at this moment. The row is
-- locked, so that no message slips in while the other side blocks.
create function private.guard_new_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  connection record;
begin
  select c.status, c.profile_a_id, c.profile_b_id into connection
  from public.mutual_connections c
  where c.id = new.connection_id
  for share;
  if found
    and (connection.status <> 'active' or new.sender_id not in (connection.profile_a_id, connection.profile_b_id))
  then
    raise exception 'Only the two people of an active connection may write to it.'
      using errcode = 'insufficient_privilege', constraint = 'semblance_message_parties';
  end if;
  if btrim(new.content, E' \t\r\n') = '' then
    raise exception 'A message needs a text.' using errcode = 'check_violation', constraint = 'semblance_message_text';
  end if;
  return new;
end
$$;
create trigger guard_message_first before insert on public.messages
  for each row execute function private.guard_new_message();

-- Policies let only the recipient come this far. Marking a message again is no error, it just stays as it was.
create function private.guard_message() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if current_user in ('anon', 'authenticated') then
    if tg_op = 'INSERT' then
      new.created_at := now();
      new.read_at := null;
    else
      new.read_at := coalesce(old.read_at, least(new.read_at, now()));
    end if;
  end if;
  return new;
end
$$;
create trigger guard_message before insert or update on public.messages
  for each row execute function private.guard_message();

-- One unread notification for each connection, however much the other side writes. It says nothing of the content.
create function private.notify_of_message() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  recipient uuid;
begin
  select case when c.profile_a_id = new.sender_id then c.profile_b_id else c.profile_a_id end into recipient
  from public.mutual_connections c
  where c.id = new.connection_id;
  perform pg_advisory_xact_lock(hashtextextended('messages ' || new.connection_id || ' ' || recipient, 0));
  update public.notifications n
  set related_id = new.id, created_at = now()
  from public.messages earlier
  where n.user_id = recipient and n.type = 'new_message' and n.read_at is null
    and earlier.id = n.related_id and earlier.connection_id = new.connection_id;
  if not found then
    insert into public.notifications (user_id, type, title, message, related_id, related_type)
    select
      recipient, 'new_message', 'New message',
      coalesce(nullif(btrim(p.name), ''), 'Somebody') || ' wrote to you.', new.id, 'message'
    from public.profiles p
    where p.id = new.sender_id;
  end if;
  return null;
end
$$;
create trigger notify_of_message after insert on public.messages
  for each row execute function private.notify_of_message();

-- What a notification is about may go, with its people or by itself, and no foreign key can hold the two together.
create function private.delete_notifications() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.notifications where related_id = old.id and related_type = tg_argv[0];
  return null;
end
$$;
create index idx_notifications_related_id on public.notifications (related_id) where related_id is not null;
create trigger delete_notifications after delete on public.matches
  for each row execute function private.delete_notifications('match');
create trigger delete_notifications after delete on public.babies
  for each row execute function private.delete_notifications('baby');
create trigger delete_notifications after delete on public.messages
  for each row execute function private.delete_notifications('message');
create trigger delete_notifications after delete on public.mutual_connections
  for each row execute function private.delete_notifications('connection');

revoke execute on function
  private.guard_new_message(), private.guard_message(), private.notify_of_message(), private.delete_notifications()
from public, anon, authenticated;
