-- Which article a change of a comment belongs to, so that whoever follows one article, or all
-- comments, reads nothing else.
ALTER TABLE changes ADD COLUMN article_id BIGINT;
UPDATE changes SET article_id = json_extract(data, '$.article_id'), data = NULL WHERE entity = 'comment';
CREATE INDEX changes_article ON changes (article_id, xid, seq) WHERE article_id IS NOT NULL;
CREATE INDEX changes_comments ON changes (xid, seq) WHERE article_id IS NOT NULL;

-- What members are told: that somebody answered them, and what became of a comment that waited.
CREATE TABLE notifications (
    user_id BIGINT NOT NULL REFERENCES users (id),
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    kind TEXT NOT NULL,
    notified_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, comment_id, kind)
) WITHOUT ROWID;
CREATE INDEX notifications_user ON notifications (user_id, notified_at, comment_id, kind);

-- What readers sent, by day and by the rule that met it (0: none), counted in memory and added here.
CREATE TABLE comment_tallies (
    day BIGINT NOT NULL,
    what TEXT NOT NULL,
    rule_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (day, what, rule_id)
) WITHOUT ROWID;
