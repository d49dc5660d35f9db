"""What Huitou costs: each benchmark prints one JSON object as its last line."""
