"""What is held of people: what was told of them, who they are, what they do just now."""
