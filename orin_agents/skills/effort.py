"""The minutes a task takes, as far as that is known."""

import math

from orin_agents.domain.tasks import Task

DEFAULT_MINUTES = 30
"""What is taken for a task without an estimate."""


def estimate(task: Task) -> int | None:
    """The task's own estimate in minutes; None when it has none above 0."""
    return task.estimate_minutes if task.estimate_minutes and task.estimate_minutes > 0 else None


def minutes(task: Task, calibration: float = 1.0) -> int:
    """Whole minutes to count on: the estimate times what work has taken of its estimates, else DEFAULT_MINUTES.

    A calibration that is not above 0 and finite counts as 1.
    """
    own = estimate(task)
    if own is None:
        return DEFAULT_MINUTES
    factor = calibration if math.isfinite(calibration) and calibration > 0 else 1.0
    # Rounded first, so that 50 minutes times 1.1 are 55 and not, by a hair of binary fractions, 56.
    return max(math.ceil(round(own * factor, 6)), 1)
