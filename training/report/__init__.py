"""A backtest as a page that one can show around: its tables, its charts and the words of both languages."""
