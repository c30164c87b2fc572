-- What moderators have done with comments, and what they noted. The ids sort by time, so a day is a
-- range of them.
CREATE TABLE comment_handlings (
    id INTEGER PRIMARY KEY NOT NULL,
    comment_id BIGINT NOT NULL REFERENCES comments (id),
    what TEXT NOT NULL,
    note TEXT,
    handled_by TEXT NOT NULL,
    handled_at BIGINT NOT NULL
);
CREATE INDEX comment_handlings_comment ON comment_handlings (comment_id, id);
