"""What each named source proposes to each person, and all proposals together."""
