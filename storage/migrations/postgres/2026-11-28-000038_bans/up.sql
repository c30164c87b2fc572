-- Who may not comment: an account by its id, a network address or an e-mail address by a keyed hash.
-- `removal_after` is the last comment that the removal of what they posted has come to, and nothing
-- once there is none to be done.
CREATE TABLE comment_bans (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BIGINT,
    comment_id BIGINT,
    note TEXT,
    expires_at BIGINT,
    removal_after BIGINT,
    removed BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX comment_bans_subject ON comment_bans (subject);
CREATE INDEX comment_bans_removal ON comment_bans (id) WHERE removal_after IS NOT NULL;
-- Where comments came from, by keyed hashes alone, for as long as they are kept.
CREATE TABLE comment_traces (
    comment_id BIGINT PRIMARY KEY NOT NULL REFERENCES comments (id),
    address TEXT,
    email TEXT
);
CREATE INDEX comment_traces_address ON comment_traces (address, comment_id);
CREATE INDEX comment_traces_email ON comment_traces (email, comment_id);
