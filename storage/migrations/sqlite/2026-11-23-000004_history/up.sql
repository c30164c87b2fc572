-- What is known of a revision besides what it says. `version` is the article's version when it was
-- saved last, `first_version` the one when it was begun: an autosave is overwritten in place.
ALTER TABLE revisions ADD COLUMN note TEXT;
ALTER TABLE revisions ADD COLUMN minor BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE revisions ADD COLUMN autosave BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE revisions ADD COLUMN first_version BIGINT;
ALTER TABLE revisions ADD COLUMN version BIGINT;

-- What readers are told about mistakes; the published article carries a copy.
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    text TEXT NOT NULL,
    dated_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX corrections_article ON corrections (article_id, dated_at, id);
ALTER TABLE published_articles ADD COLUMN corrections TEXT NOT NULL DEFAULT '[]';
