"""Who resembles whom: a space of customer traits, clusters in it with readable portraits, and nearest neighbours."""
