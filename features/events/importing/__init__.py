"""The parts of an import: whose columns are whose, what rows say about items, what was rejected."""
