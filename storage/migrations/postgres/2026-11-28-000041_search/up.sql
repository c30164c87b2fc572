-- What published articles and comments are found by: terms that the program makes, so that both
-- databases find the same. `lead` holds those of the title and the summary, `terms` all of them.
CREATE TABLE article_search (
    article_id BIGINT PRIMARY KEY,
    title TSVECTOR NOT NULL,
    lead TSVECTOR NOT NULL,
    terms TSVECTOR NOT NULL
);
-- The terms lie beside the row as long as they fit, so that the planner sees what reading all of them
-- would cost; and none wait in a list of their own, which every search would have to look through.
ALTER TABLE article_search ALTER COLUMN terms SET STORAGE MAIN;
CREATE INDEX article_search_terms ON article_search USING gin (terms) WITH (fastupdate = off);
CREATE TABLE comment_search (
    comment_id BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL
);
ALTER TABLE comment_search ALTER COLUMN terms SET STORAGE MAIN;
CREATE INDEX comment_search_terms ON comment_search USING gin (terms) WITH (fastupdate = off);

-- An index of words can only be read through a bitmap, which our connections leave out of all other
-- plans; a function may have settings of its own. The tier says which fields hold all that is wanted.
CREATE FUNCTION found_articles(wanted TSQUERY, wanted_alone TSQUERY)
    RETURNS TABLE (article_id BIGINT, tier INTEGER) LANGUAGE sql STABLE ROWS 100
    SET enable_bitmapscan = on AS
$$
    SELECT s.article_id, CASE WHEN s.title @@ wanted THEN 3 WHEN s.lead @@ wanted THEN 2 ELSE 1 END
    FROM article_search s WHERE s.terms @@ wanted_alone
$$;
CREATE FUNCTION found_comments(wanted_alone TSQUERY)
    RETURNS TABLE (comment_id BIGINT) LANGUAGE sql STABLE ROWS 100
    SET enable_bitmapscan = on AS
$$
    SELECT s.comment_id FROM comment_search s WHERE s.terms @@ wanted_alone
$$;

-- Comments whose words are not in the index yet: nobody who comments waits for that.
CREATE TABLE unindexed_comments (
    comment_id BIGINT PRIMARY KEY
);
INSERT INTO unindexed_comments SELECT id FROM comments;

-- The words of the names of tags, for whoever completes what a reader types.
CREATE TABLE tag_terms (
    term TEXT COLLATE "C" NOT NULL,
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (term, tag_id)
);
CREATE INDEX tag_terms_tag ON tag_terms (tag_id);
INSERT INTO backfills (name, after_id) VALUES ('tag_terms', 0);
