"""Audiences: who is meant, said in a small typed language, and how many of them there are.

``filters`` reads JSON into ``parts``, in the words of ``language``; ``matching`` turns parts into one flag for each
customer of a snapshot, by what ``meaning`` says of each part, with what ``fresh_acts`` read since laid over it.
``templates`` fills in the audiences of ``ready_made``; ``previewing`` counts one.
"""
