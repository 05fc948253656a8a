-- An undo goes on by itself where it was broken off, and a decision that was taken back can be made again.

alter table imports
  -- Who said that it is to be undone: it goes on in their name after a restart.
  add column undone_by uuid,
  -- While it is undone: the state that it had before, for where nothing of it was there to be undone.
  add column undone_from text,
  -- Published from another machine, and here only while it is undone.
  add column is_elsewhere boolean not null default false;

-- Taken back, and nothing was decided or published since.
alter table decisions add column can_redo boolean not null default false;
