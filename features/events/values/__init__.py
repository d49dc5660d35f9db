"""Written values -> typed values: times, money, and what JSON can hold."""
