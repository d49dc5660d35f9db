"""From history to a model one can trust: tables, models, baselines, backtests and the registry."""

import os

# Threads of OpenMP wait for each other by spinning unless told otherwise. On two cores with anything else running,
# LightGBM then took 28 s for what takes 1.4 s with sleeping waits; on an idle machine there is no difference. It must
# be said before the first library that uses OpenMP is loaded, and whoever set it otherwise keeps their choice.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
