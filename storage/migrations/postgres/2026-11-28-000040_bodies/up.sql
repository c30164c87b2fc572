-- What becomes of the readings in a body. What was written before was shown as it was typed.
ALTER TABLE revisions ADD COLUMN body_readings TEXT COLLATE "C" NOT NULL DEFAULT 'keep';

-- The beginning of the text, and which program made the forms of the body: those of an earlier one
-- are made anew while the server runs.
ALTER TABLE published_articles ADD COLUMN excerpt TEXT COLLATE "C";
ALTER TABLE published_articles ADD COLUMN renderer INTEGER NOT NULL DEFAULT 0;
CREATE INDEX published_articles_renderer ON published_articles (renderer, id);
