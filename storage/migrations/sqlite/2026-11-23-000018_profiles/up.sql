-- What readers are told about authors, and whose account writes under a name.
ALTER TABLE authors ADD COLUMN title TEXT;
ALTER TABLE authors ADD COLUMN image TEXT;
ALTER TABLE authors ADD COLUMN links TEXT NOT NULL DEFAULT '[]';
ALTER TABLE authors ADD COLUMN user_id BIGINT;
CREATE UNIQUE INDEX authors_user_id_key ON authors (user_id);
