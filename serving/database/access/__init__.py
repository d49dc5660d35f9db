"""Keys, and what was done with the rights they give."""
