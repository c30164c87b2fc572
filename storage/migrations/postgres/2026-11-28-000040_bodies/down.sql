DROP INDEX published_articles_renderer;
ALTER TABLE published_articles DROP COLUMN renderer;
ALTER TABLE published_articles DROP COLUMN excerpt;
ALTER TABLE revisions DROP COLUMN body_readings;
DELETE FROM published_bodies WHERE format NOT IN ('html', 'text');
