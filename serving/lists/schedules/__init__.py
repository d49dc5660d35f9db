"""Lists that are made anew by themselves."""
