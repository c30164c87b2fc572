ALTER TABLE addresses DROP COLUMN public_from;
DROP TABLE takedowns;
