"""What was shown to people, and what they did about it."""
