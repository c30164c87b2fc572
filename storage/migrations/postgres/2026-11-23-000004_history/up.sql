-- What is known of a revision besides what it says. `version` is the article's version when it was
-- saved last, `first_version` the one when it was begun: an autosave is overwritten in place.
ALTER TABLE revisions ADD COLUMN note TEXT;
ALTER TABLE revisions ADD COLUMN minor BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE revisions ADD COLUMN autosave BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE revisions ADD COLUMN first_version BIGINT;
ALTER TABLE revisions ADD COLUMN version BIGINT;
