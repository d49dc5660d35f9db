"""What the numbers of a shop have in common: orders and lines, figures in three periods, what rises beyond chance."""
