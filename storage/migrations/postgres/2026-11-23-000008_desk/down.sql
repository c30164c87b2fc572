DROP INDEX articles_created_by_updated;
DROP INDEX articles_updated;
