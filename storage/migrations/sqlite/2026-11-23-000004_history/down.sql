ALTER TABLE published_articles DROP COLUMN corrections;
DROP TABLE corrections;
ALTER TABLE revisions DROP COLUMN version;
ALTER TABLE revisions DROP COLUMN first_version;
ALTER TABLE revisions DROP COLUMN autosave;
ALTER TABLE revisions DROP COLUMN minor;
ALTER TABLE revisions DROP COLUMN note;
