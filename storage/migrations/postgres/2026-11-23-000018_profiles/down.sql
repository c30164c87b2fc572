DROP INDEX authors_user_id_key;
ALTER TABLE authors DROP COLUMN user_id;
ALTER TABLE authors DROP COLUMN links;
ALTER TABLE authors DROP COLUMN image;
ALTER TABLE authors DROP COLUMN title;
