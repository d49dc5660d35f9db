"""Files of shops, read in batches of bounded size: CSV, JSON Lines and Parquet."""
