"""Charts of how good the models are; notebooks, the report and the console draw the same ones."""

from training.charts.clusters import chart_page, cluster_chart
from training.charts.explanation import drift_bars, driver_bars
from training.charts.look import BLUE, GREY, HEIGHT, ORANGE, WIDTH, AnyChart
from training.charts.money import expected_bars, profit_curve
from training.charts.over_time import metric_over_cutoffs
from training.charts.probability import reliability_curve, score_bars, score_histogram
from training.charts.ranking import gain_curve, gain_lines, lift_bars, lift_by_decile
from training.charts.recommendation import recall_bars, source_bars
from training.charts.uplift import qini_lines

__all__ = [
    "BLUE",
    "GREY",
    "HEIGHT",
    "ORANGE",
    "WIDTH",
    "AnyChart",
    "chart_page",
    "cluster_chart",
    "drift_bars",
    "driver_bars",
    "expected_bars",
    "gain_curve",
    "gain_lines",
    "lift_bars",
    "lift_by_decile",
    "metric_over_cutoffs",
    "profit_curve",
    "qini_lines",
    "recall_bars",
    "reliability_curve",
    "score_bars",
    "score_histogram",
    "source_bars",
]
