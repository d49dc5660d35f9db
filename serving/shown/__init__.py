"""What became of the answers that were shown: online results, and comparisons of two snapshots."""
