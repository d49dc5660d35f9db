"""What a snapshot is made of: its manifest, arrays, look-up by id, and shelf of items."""
