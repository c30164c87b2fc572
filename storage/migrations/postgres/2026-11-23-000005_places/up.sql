-- Slugs that sections, tags and authors had before. Each leads to what has it now, by its id, so
-- that no later change of a slug has to be followed.
CREATE TABLE moved_slugs (
    noun TEXT COLLATE "C" NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    target_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (noun, slug)
);
CREATE INDEX moved_slugs_target ON moved_slugs (noun, target_id);
