-- One vote of each member on each comment: 1 or -1. The comment's `up` and `down` count them. The
-- article is the comment's, so that one's own votes under it are one index range.
CREATE TABLE comment_votes (
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    article_id BIGINT NOT NULL,
    value BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (comment_id, user_id)
);
CREATE INDEX comment_votes_user ON comment_votes (user_id, article_id, comment_id);

-- What members report, once each. `outcome` is what moderators said of it; an account that is erased
-- leaves its reports without their note.
CREATE TABLE comment_reports (
    id BIGINT PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    user_id BIGINT REFERENCES users (id),
    reason TEXT COLLATE "C" NOT NULL,
    note TEXT,
    -- In hundredths of what a report of somebody without a record weighs.
    weight BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    outcome TEXT COLLATE "C",
    resolved_at BIGINT,
    UNIQUE (comment_id, user_id)
);
CREATE INDEX comment_reports_comment ON comment_reports (comment_id, id);
CREATE INDEX comment_reports_user ON comment_reports (user_id, id);
CREATE INDEX comment_reports_record ON comment_reports (user_id, resolved_at) WHERE resolved_at IS NOT NULL;
