"""Frozen lists: what is asked for, how people are chosen, ordered and drawn into groups, and the file of members."""
