"""Who may be written to on a channel, and when: consent, caps, quiet times, suppressions, holdout."""
