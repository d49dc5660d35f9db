"""What is counted over the whole shop before anyone is recommended anything; nothing here orders items for people."""
