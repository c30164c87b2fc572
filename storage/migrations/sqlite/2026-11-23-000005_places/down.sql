DROP TABLE moved_slugs;
