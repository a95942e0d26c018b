"""All charts in one place: each function takes a small frame and returns a :class:`Picture` to end a cell with.

The title is the finding, the subtitle the measure, its unit, period and n; ``alt`` says in a sentence what the chart
shows. Labels may come from customers: they are drawn as text, never read as markup.
"""

from voc.report.canvas import Picture
from voc.report.charts.bounds import bounds
from voc.report.charts.calibration import calibration
from voc.report.charts.cover import coverage
from voc.report.charts.curve import curve
from voc.report.charts.effects import effects
from voc.report.charts.fan import fan
from voc.report.charts.funnel import funnel
from voc.report.charts.gaps import gaps
from voc.report.charts.grid import distribution, heatmap, histogram
from voc.report.charts.parts import change_dots, interval_bars, steps
from voc.report.charts.ratios import ratios
from voc.report.charts.slopes import slopes
from voc.report.charts.survival import survival
from voc.report.charts.time import small_multiples, sparkline, trend
from voc.report.charts.weigh import weigh

__all__ = [
    "Picture",
    "bounds",
    "calibration",
    "change_dots",
    "coverage",
    "curve",
    "distribution",
    "effects",
    "fan",
    "funnel",
    "gaps",
    "heatmap",
    "histogram",
    "interval_bars",
    "ratios",
    "slopes",
    "small_multiples",
    "sparkline",
    "steps",
    "survival",
    "trend",
    "weigh",
]
