-- What comments are judged by. Which columns hold something depends on the kind: a word rule has a
-- pattern, a flood rule has an amount (of comments) and seconds, and so on.
CREATE TABLE comment_rules (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    pattern TEXT COLLATE "C",
    matching TEXT COLLATE "C",
    amount BIGINT,
    seconds BIGINT,
    per TEXT COLLATE "C",
    action TEXT COLLATE "C",
    note TEXT COLLATE "C",
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
