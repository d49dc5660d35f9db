"""Models about customers: who will order, and why."""
