"""The second stage: cases with answers, features of pairs, and what orders the candidates."""
