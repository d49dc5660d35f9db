"""How good predictions were: metrics, money, and backtests."""
