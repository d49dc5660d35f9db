"""Sales and holidays: when they are, who waits for them, and what they did."""
