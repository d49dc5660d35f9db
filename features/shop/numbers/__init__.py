"""The numbers of a shop, as Ibis expressions that run unchanged on DuckDB and on Spark."""
