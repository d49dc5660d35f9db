"""Uplift: whom a message makes order who would not have, learned from campaigns with a control arm."""
