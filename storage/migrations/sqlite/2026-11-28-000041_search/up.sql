-- What published articles and comments are found by: terms that the program makes, so that both
-- databases find the same. A term is a word for the tokenizer, whatever it holds; where it stands
-- does not matter. `article_heads` holds those of the title, and of title and summary, in columns and
-- in a table of their own: whether a title holds a word is asked without reading who else has it.
CREATE VIRTUAL TABLE article_search USING fts5(
    terms,
    content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'"
);
CREATE VIRTUAL TABLE article_heads USING fts5(
    title, lead,
    content='', contentless_delete=1, detail=column, tokenize="ascii tokenchars '_'"
);
CREATE VIRTUAL TABLE comment_search USING fts5(
    body,
    content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'"
);

-- Comments whose words are not in the index yet: nobody who comments waits for that.
CREATE TABLE unindexed_comments (
    comment_id BIGINT PRIMARY KEY NOT NULL
) WITHOUT ROWID;
INSERT INTO unindexed_comments SELECT id FROM comments;

-- The words of the names of tags, for whoever completes what a reader types.
CREATE TABLE tag_terms (
    term TEXT NOT NULL,
    tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (term, tag_id)
) WITHOUT ROWID;
CREATE INDEX tag_terms_tag ON tag_terms (tag_id);
INSERT INTO backfills (name, after_id) VALUES ('tag_terms', 0);
