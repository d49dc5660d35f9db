"""The groups that a published shop falls into, counted and with a plan for each."""
