"""Why: what moved a chance, in words."""
