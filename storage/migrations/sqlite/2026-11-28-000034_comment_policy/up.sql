-- What the site, a section or an article says about comments besides who may write them; NULL
-- says nothing.
CREATE TABLE settings (
    id INTEGER PRIMARY KEY NOT NULL,
    comments TEXT NOT NULL,
    comment_options TEXT,
    version BIGINT NOT NULL,
    updated_at BIGINT
);
INSERT INTO settings (id, comments, version) VALUES (1, 'open', 1);
ALTER TABLE sections ADD COLUMN comment_options TEXT;
ALTER TABLE revisions ADD COLUMN comment_options TEXT;
ALTER TABLE published_articles ADD COLUMN comment_options TEXT;
