-- Photos are looked at and published without what their files say besides the picture: image_hash is of what is left.

-- MD5 of the bytes as they lie in the source, where they are more than the picture. What was published before
-- metadata was taken out is known by it.
alter table files add column source_hash text;
