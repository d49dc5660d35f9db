"""Buy-till-you-die models: they see nothing but when customers ordered, and need no labels."""
