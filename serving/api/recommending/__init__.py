"""What recommendations are asked for with, and how the questions are answered."""
