"""The shop's own numbers and rules: how customers are grouped, and, later, its reports."""
