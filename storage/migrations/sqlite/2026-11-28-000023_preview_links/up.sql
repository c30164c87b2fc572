-- Who may look at one revision of an article without being of the newsroom, and until when. What
-- opens a link is nowhere here: it follows from the id and the root secret.
CREATE TABLE preview_links (
    id INTEGER PRIMARY KEY NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    revision BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX preview_links_article ON preview_links (article_id, id);
CREATE INDEX preview_links_expires_at ON preview_links (expires_at);
