-- The words of each working copy, one row each: its title, its slug and its summary are found by them.
CREATE TABLE working_terms (
    term TEXT NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    PRIMARY KEY (term, article_id)
) WITHOUT ROWID;
CREATE INDEX working_terms_article ON working_terms (article_id);
-- What an upgrade has still to fill in, since SQL cannot: the last article it has come to.
CREATE TABLE backfills (
    name TEXT NOT NULL PRIMARY KEY,
    after_id BIGINT NOT NULL
);
INSERT INTO backfills (name, after_id) VALUES ('working_terms', 0);
