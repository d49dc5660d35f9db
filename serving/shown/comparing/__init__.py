"""Two snapshots compared: which comparison runs, and what it found."""
