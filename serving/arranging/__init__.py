"""The last step of an answer: from scored candidates to what is shown, in which order."""
