"""How good recommendations were: answers, measures, baselines and the backtest."""
