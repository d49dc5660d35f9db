"""How the service runs: the supervisor, its workers, the mover, and copies for a bad day."""
