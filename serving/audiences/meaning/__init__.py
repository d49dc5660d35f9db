"""What the parts of a filter mean: which customers of a snapshot fit each."""
