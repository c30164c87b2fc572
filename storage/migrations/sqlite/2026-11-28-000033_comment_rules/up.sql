-- What comments are judged by. Which columns hold something depends on the kind: a word rule has a
-- pattern, a flood rule has an amount (of comments) and seconds, and so on.
CREATE TABLE comment_rules (
    id INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    pattern TEXT,
    matching TEXT,
    amount BIGINT,
    seconds BIGINT,
    per TEXT,
    action TEXT,
    note TEXT,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
