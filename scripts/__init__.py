"""What keeps the project in order; people, tests and continuous integration run the same code."""
