"""What a past promotion did, and how sure that is."""
