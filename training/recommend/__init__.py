"""Models about items: what is counted, what is proposed, what orders it, and how good it was."""
