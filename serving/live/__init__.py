"""What has happened since the snapshot, laid over it."""
