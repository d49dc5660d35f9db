"""Lists that are sent to another system over HTTP."""
