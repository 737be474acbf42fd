"""Hypothesis for the skills: the same examples every time, and no limit by the clock, which a busy box would break."""

from hypothesis import settings

settings.register_profile("skills", deadline=None, derandomize=True)
settings.load_profile("skills")
