"""What lies ahead of each customer: the next order, how many, and their worth."""
