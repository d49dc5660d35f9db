"""From history to a model one can trust: tables, models, baselines, backtests and the registry."""
