-- What moderators know of a comment that was ever held, reported or decided on. Most never are, and
-- have no row. `desk` says where it waits, and nothing once it was decided; `need` how urgently.
ALTER TABLE comments ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE comments ADD COLUMN featured BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE comment_cases (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    desk TEXT,
    need BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    reason TEXT,
    rule_id BIGINT,
    spans TEXT,
    reports BIGINT NOT NULL,
    weight BIGINT NOT NULL,
    shielded BOOLEAN NOT NULL,
    status_before TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
CREATE INDEX comments_user_article ON comments (user_id, article_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX comment_cases_desk ON comment_cases (desk, need, comment_id);
INSERT INTO comment_cases (comment_id, desk, need, opened_at, reason, reports, weight, shielded)
    SELECT id, status, 4398046511103 - created_at, created_at, 'imported', 0, 0, FALSE FROM comments WHERE status IN ('held', 'spam');
