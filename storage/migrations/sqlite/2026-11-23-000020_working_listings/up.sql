-- The authors and tags of each working copy, one row each: what makes "the latest by an author" one
-- index range for the newsroom, as `listings` does for readers.
CREATE TABLE working_listings (
    scope TEXT NOT NULL,
    scope_id BIGINT NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    PRIMARY KEY (scope, scope_id, article_id)
) WITHOUT ROWID;
INSERT INTO working_listings (scope, scope_id, article_id)
    SELECT DISTINCT 'author', j.value, a.id
    FROM articles a JOIN revisions r ON r.id = a.revision_id, json_each(r.author_ids) j;
INSERT INTO working_listings (scope, scope_id, article_id)
    SELECT DISTINCT 'tag', j.value, a.id
    FROM articles a JOIN revisions r ON r.id = a.revision_id, json_each(r.tag_ids) j;
CREATE INDEX working_listings_article ON working_listings (article_id);
