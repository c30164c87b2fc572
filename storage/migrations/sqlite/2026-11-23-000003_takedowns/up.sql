-- What was removed for cause, while it is: the reason is the newsroom's own, the notice is public.
CREATE TABLE takedowns (
    article_id INTEGER PRIMARY KEY NOT NULL REFERENCES articles (id),
    reason TEXT NOT NULL,
    public_notice TEXT,
    taken_down_at BIGINT NOT NULL
);

-- An address is kept from the moment on at which readers could follow it: one that was only
-- scheduled, and never seen, is given up when the article is taken back.
ALTER TABLE addresses ADD COLUMN public_from BIGINT NOT NULL DEFAULT 0;
UPDATE addresses SET public_from = COALESCE(
    (SELECT p.visible_from FROM published_articles p
     WHERE p.id = addresses.article_id AND p.slug = addresses.slug
         AND p.updated_at = addresses.created_at),
    addresses.created_at
);

-- The addresses of one article, in their order.
DROP INDEX addresses_article;
CREATE INDEX addresses_article ON addresses (article_id, slug);
