-- Accounts and what they sign in with, the keys that sign access tokens, and what an API key
-- is limited to.

CREATE TABLE users (
    id INTEGER PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    email_verified_at BIGINT,
    name TEXT NOT NULL,
    password_hash TEXT,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    -- Counts changes that make the access tokens in use invalid.
    epoch BIGINT NOT NULL,
    epoch_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX users_role ON users (role, id);
CREATE INDEX users_status ON users (status, id);
CREATE INDEX users_role_status ON users (role, status, id);
CREATE INDEX users_epoch_at ON users (epoch_at, id);

-- An ended session stays for a while after its account is gone, so that every node meets its end.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL,
    token_hash TEXT NOT NULL,
    step BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    user_agent TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT
);
CREATE INDEX sessions_open ON sessions (user_id, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended_at ON sessions (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- What was sent by mail. A token is used by deleting its row.
CREATE TABLE user_tokens (
    hash TEXT PRIMARY KEY NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_tokens_user ON user_tokens (user_id, purpose);
CREATE INDEX user_tokens_expires_at ON user_tokens (expires_at);

-- The addresses, as keyed hashes, from which an account has signed in.
CREATE TABLE known_addresses (
    user_id BIGINT NOT NULL REFERENCES users (id),
    address TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
) WITHOUT ROWID;

-- What is counted against a limit that all nodes share: failed sign-ins, mails. The bucket is a
-- keyed hash of what it counts for.
CREATE TABLE attempts (
    bucket TEXT PRIMARY KEY NOT NULL,
    count BIGINT NOT NULL,
    began_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempts_began_at ON attempts (began_at);

-- The private halves are sealed with the root secret.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY NOT NULL,
    public TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    verifies_until BIGINT
) WITHOUT ROWID;

ALTER TABLE api_keys ADD COLUMN scopes TEXT;
ALTER TABLE api_keys ADD COLUMN sections TEXT;
ALTER TABLE api_keys ADD COLUMN requests_per_minute INTEGER;
ALTER TABLE api_keys ADD COLUMN created_by TEXT NOT NULL DEFAULT 'system:command';
ALTER TABLE api_keys ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE comments ADD COLUMN user_id BIGINT;
CREATE INDEX comments_user ON comments (user_id, id) WHERE user_id IS NOT NULL;

-- So that the answers kept for an account can be erased with it.
ALTER TABLE idempotency ADD COLUMN user_id BIGINT;
CREATE INDEX idempotency_user ON idempotency (user_id) WHERE user_id IS NOT NULL;

-- The history of a thing, and of whoever is known by name: guests are not.
CREATE INDEX changes_entity_id ON changes (entity_id, seq);
CREATE INDEX changes_actor ON changes (actor, seq) WHERE actor <> 'guest';

-- What somebody wrote: for whoever asks what is held about them, and for authors, who list
-- only their own. One for each way the list is narrowed, as there is without an author.
CREATE INDEX articles_created_by ON articles (created_by, id);
CREATE INDEX articles_created_by_section ON articles (created_by, section_id, id);
CREATE INDEX articles_created_by_section_state ON articles (created_by, section_id, state, id);
CREATE INDEX articles_created_by_state ON articles (created_by, state, id);
