"""What stands out of a series of figures.

Iglewicz and Hoaglin, "How to Detect and Handle Outliers", ASQC 1993: the modified z-score 0.6745·(x − median)/MAD, MAD
the median of the absolute deviations from the median; beyond 3.5 a figure is an outlier. Where more than half of the
figures are equal the MAD is 0; then (x − median)/(1.253314·MeanAD) with the mean of the absolute deviations.
"""

from collections.abc import Sequence
from statistics import fmean, median

THRESHOLD = 3.5


def robust_z(figures: Sequence[float]) -> list[float]:
    """The modified z-score of each figure; all 0 when the figures are equal. Adding to all or scaling all of them
    changes nothing but the sign where they are turned round.
    """
    if not figures:
        return []
    middle = median(figures)
    deviations = [abs(figure - middle) for figure in figures]
    if spread := median(deviations):
        return [0.6745 * (figure - middle) / spread for figure in figures]
    if spread := fmean(deviations):
        return [(figure - middle) / (1.253314 * spread) for figure in figures]
    return [0.0] * len(figures)
