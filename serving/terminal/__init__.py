"""What the command line shows: progress while it works, and tables of what came of it."""
