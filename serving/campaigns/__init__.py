"""Campaigns: made from a list, started, told what became of the messages, and measured."""
