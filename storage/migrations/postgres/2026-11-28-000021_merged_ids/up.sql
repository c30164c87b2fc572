-- Sections, tags and authors that were merged into others. Each leads to what is in force, in one
-- step. What names them for good, a revision or somebody's bookmark, is understood by it.
CREATE TABLE merged_ids (
    noun TEXT COLLATE "C" NOT NULL,
    id BIGINT NOT NULL,
    into_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (noun, id)
);
CREATE INDEX merged_ids_into ON merged_ids (noun, into_id);
-- The authors and tags of each working copy, beside its section: a revision does not change when what
-- it names is merged, a working copy does.
ALTER TABLE articles ADD COLUMN author_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN tag_ids TEXT NOT NULL DEFAULT '[]';
UPDATE articles SET
    author_ids = (SELECT r.author_ids FROM revisions r WHERE r.id = articles.revision_id),
    tag_ids = (SELECT r.tag_ids FROM revisions r WHERE r.id = articles.revision_id)
    WHERE EXISTS (SELECT 1 FROM revisions r WHERE r.id = articles.revision_id
        AND (r.author_ids <> '[]' OR r.tag_ids <> '[]'));
