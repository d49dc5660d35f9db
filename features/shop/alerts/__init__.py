"""What is odd about a day: each of the shop's numbers against what is usual for it."""
