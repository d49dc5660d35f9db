"""Audiences: who is meant, said in a small typed language, and how many of them there are."""
