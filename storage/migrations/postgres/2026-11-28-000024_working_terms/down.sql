DROP TABLE backfills;
DROP TABLE working_terms;
