DROP TABLE popular_rankings;
DROP TABLE view_hours;
