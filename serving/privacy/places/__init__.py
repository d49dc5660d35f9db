"""The places of a shop where something of a person may lie, each with what counts and erases it."""
