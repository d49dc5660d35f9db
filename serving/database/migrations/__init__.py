"""The database's shape, step by step: each step is a file of ``versions``, and none is changed after its release."""

HEAD = "0003"
"""The newest step: a database that stands there is ready."""
