"""Whether the numbers of a shop rise or fall, and which move together."""
