DROP TABLE working_listings;
