-- What the newsroom last worked on: everybody's, and one's own.
CREATE INDEX articles_updated ON articles (updated_at, id);
CREATE INDEX articles_created_by_updated ON articles (created_by, updated_at, id);
