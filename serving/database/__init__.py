"""What people decide and what has just happened, kept in a relational database."""
