-- Ids are 63-bit integers made by the application, times are milliseconds since
-- 1970 in UTC, JSON is text. Names and columns equal those of the SQLite tree.

CREATE TABLE sections (
    id BIGINT PRIMARY KEY NOT NULL,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT,
    parent_id BIGINT REFERENCES sections (id),
    position BIGINT NOT NULL,
    comments TEXT NOT NULL,
    source TEXT COLLATE "C" UNIQUE,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX sections_parent ON sections (parent_id);

CREATE TABLE authors (
    id BIGINT PRIMARY KEY NOT NULL,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    bio TEXT,
    source TEXT COLLATE "C" UNIQUE,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE tags (
    id BIGINT PRIMARY KEY NOT NULL,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    description TEXT,
    source TEXT COLLATE "C" UNIQUE,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The editorial side: what is being worked on. No public read touches it.
CREATE TABLE articles (
    id BIGINT PRIMARY KEY NOT NULL,
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    title TEXT NOT NULL,
    section_id BIGINT NOT NULL REFERENCES sections (id),
    state TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    revision_id BIGINT NOT NULL,
    published_revision_id BIGINT,
    published_at BIGINT,
    visible_from BIGINT,
    visible_until BIGINT,
    created_by TEXT NOT NULL,
    source TEXT COLLATE "C" UNIQUE,
    source_hash TEXT,
    source_version BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX articles_section ON articles (section_id, id);
CREATE INDEX articles_section_state ON articles (section_id, state, id);
CREATE INDEX articles_state ON articles (state, id);

CREATE TABLE revisions (
    id BIGINT PRIMARY KEY NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    summary TEXT,
    language TEXT COLLATE "C" NOT NULL,
    section_id BIGINT NOT NULL,
    author_ids TEXT NOT NULL,
    tag_ids TEXT NOT NULL,
    lead_image TEXT,
    body_format TEXT NOT NULL,
    body_source TEXT NOT NULL,
    comments TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (article_id, number)
);

-- The published side, written whole by the publishing transaction.
CREATE TABLE published_articles (
    id BIGINT PRIMARY KEY NOT NULL REFERENCES articles (id),
    slug TEXT COLLATE "C" NOT NULL UNIQUE,
    title TEXT NOT NULL,
    summary TEXT,
    language TEXT COLLATE "C" NOT NULL,
    section_id BIGINT NOT NULL,
    author_ids TEXT NOT NULL,
    tag_ids TEXT NOT NULL,
    lead_image TEXT,
    comments TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT,
    word_count INTEGER NOT NULL,
    reading_seconds INTEGER NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX published_articles_section ON published_articles (section_id, published_at, id);
CREATE INDEX published_articles_visible_from ON published_articles (visible_from);
CREATE INDEX published_articles_visible_until ON published_articles (visible_until)
    WHERE visible_until IS NOT NULL;

CREATE TABLE published_bodies (
    article_id BIGINT NOT NULL REFERENCES articles (id),
    format TEXT COLLATE "C" NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (article_id, format)
);

-- One row per article and place it is listed in: the site, its section and every
-- ancestor, each tag, each author. "Newest of a section" is one index range.
CREATE TABLE listings (
    scope TEXT COLLATE "C" NOT NULL,
    scope_id BIGINT NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    published_at BIGINT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    visible_from BIGINT NOT NULL,
    visible_until BIGINT,
    PRIMARY KEY (scope, scope_id, article_id)
);
CREATE INDEX listings_newest
    ON listings (scope, scope_id, published_at, article_id, visible_from, visible_until);
CREATE INDEX listings_language
    ON listings (scope, scope_id, language, published_at, article_id, visible_from, visible_until);
CREATE INDEX listings_article ON listings (article_id);

CREATE TABLE article_stats (
    article_id BIGINT PRIMARY KEY NOT NULL REFERENCES articles (id),
    views BIGINT NOT NULL,
    comments BIGINT NOT NULL
);

-- Every slug that was ever public. An address stays reserved for its article.
CREATE TABLE addresses (
    slug TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX addresses_article ON addresses (article_id);

CREATE TABLE comments (
    id BIGINT PRIMARY KEY NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    parent_id BIGINT REFERENCES comments (id),
    root_id BIGINT NOT NULL,
    in_reply_to_id BIGINT,
    depth INTEGER NOT NULL,
    author_kind TEXT NOT NULL,
    author_name TEXT NOT NULL,
    author_email TEXT,
    body_source TEXT NOT NULL,
    body_html TEXT NOT NULL,
    body_text TEXT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    visible BOOLEAN NOT NULL,
    up BIGINT NOT NULL,
    down BIGINT NOT NULL,
    reply_count BIGINT NOT NULL,
    pinned BOOLEAN NOT NULL,
    source TEXT COLLATE "C" UNIQUE,
    created_at BIGINT NOT NULL,
    edited_at BIGINT
);
CREATE INDEX comments_roots ON comments (article_id, visible, id) WHERE parent_id IS NULL;
CREATE INDEX comments_replies ON comments (parent_id, visible, id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_newest ON comments (status, id);

-- Answers kept for clients that retry with the same Idempotency-Key.
CREATE TABLE idempotency (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    request_hash TEXT COLLATE "C" NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX idempotency_created_at ON idempotency (created_at);

CREATE TABLE api_keys (
    id BIGINT PRIMARY KEY NOT NULL,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
);

-- The change log. Transactions commit out of order here, so readers that need the
-- order go by (xid, seq) below the oldest transaction still running.
CREATE TABLE changes (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    entity TEXT COLLATE "C" NOT NULL,
    entity_id BIGINT NOT NULL,
    data TEXT
);
CREATE INDEX changes_entity ON changes (entity, seq);
CREATE INDEX changes_at ON changes (at);
