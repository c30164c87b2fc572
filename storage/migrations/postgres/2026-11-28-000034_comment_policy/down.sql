ALTER TABLE published_articles DROP COLUMN comment_options;
ALTER TABLE revisions DROP COLUMN comment_options;
ALTER TABLE sections DROP COLUMN comment_options;
DROP TABLE settings;
