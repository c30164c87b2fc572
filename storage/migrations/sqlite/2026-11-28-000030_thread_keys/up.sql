-- Every order of a thread by one number that no other comment of the article has: a rank and, below
-- it, the comment's ordinal. `below` is what it hangs below: its parent or, as a negative number, its
-- article. So one index serves roots and replies alike.
ALTER TABLE article_stats ADD COLUMN ordinals BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comments ADD COLUMN below BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comments ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comments ADD COLUMN best BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comments ADD COLUMN controversial BIGINT NOT NULL DEFAULT 0;
ALTER TABLE comments ADD COLUMN hot BIGINT NOT NULL DEFAULT 0;
UPDATE comments SET ordinal = n.ordinal
    FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY article_id ORDER BY id) AS ordinal FROM comments) n
    WHERE n.id = comments.id;
-- Nobody has voted so far: only time ranks.
UPDATE comments SET below = COALESCE(parent_id, -article_id), best = ordinal, controversial = ordinal,
    hot = CASE WHEN created_at > 946684800000 THEN (created_at - 946684800000) / 1500 ELSE 0 END * 4294967296 + ordinal;
UPDATE article_stats SET ordinals = n.ordinals
    FROM (SELECT article_id, MAX(ordinal) AS ordinals FROM comments GROUP BY article_id) n
    WHERE n.article_id = article_stats.article_id;
DROP INDEX comments_roots;
DROP INDEX comments_replies;
CREATE INDEX comments_below ON comments (below, visible, id);
CREATE INDEX comments_below_best ON comments (below, visible, best);
CREATE INDEX comments_below_controversial ON comments (below, visible, controversial);
CREATE INDEX comments_below_hot ON comments (below, visible, hot);
