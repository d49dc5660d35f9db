"""HTTP routes: they translate and nothing more."""
