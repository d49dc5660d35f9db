"""What campaigns brought: effects with intervals, power, verdicts, pooling; no database."""
