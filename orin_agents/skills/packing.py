"""Fits work into the free time of one day."""

from collections.abc import Iterable

from orin_agents.domain.calendar import WorkingHours
from orin_agents.domain.tasks import Energy
from orin_agents.skills.workdays import Span, length, without

Attention = tuple[int, int, Energy]
"""From minute to minute, the attention the hour offers."""

USUAL = Energy.MEDIUM
"""What an hour offers that no span of the energy curve names."""


class Packing:
    """The free time of a day, and the blocks put into it.

    Blocks lie `hours.break_minutes` apart, last `hours.shortest_block` at least, and fill at most
    `hours.focus_minutes`.
    """

    def __init__(self, hours: WorkingHours, span: Span, free: Iterable[Span], attention: Iterable[Attention]) -> None:
        self._shortest = max(hours.shortest_block, 1)
        self._break = max(hours.break_minutes, 0)
        self._free = list(free)
        self._cells = _cells(span, attention)
        self._failed: set[tuple[int, int]] = set()
        self.left = max(hours.focus_minutes, 0)
        """Minutes of focus not planned yet."""

    @property
    def longest(self) -> int:
        """Minutes of the longest gap."""
        return max((end - start for start, end in self._free), default=0)

    def place(self, need: int, demand: Energy | None, earliest: int) -> list[Span]:
        """Blocks for `need` minutes from `earliest` on, taken out of the free time; none when it does not fit whole.

        One piece rather than several, the earliest that offers the attention asked for; failing that, the best that is
        left, one level lower at a time.
        """
        need = max(need, self._shortest)
        if need > self.left or (need, earliest) in self._failed:
            return []
        for level in _levels(demand):
            spans = self._offering(level, earliest)
            blocks = _whole(spans, need) or self._split(spans, need)
            if length(blocks) == need:
                return self._take(blocks)
        # Free time only shrinks, so what failed once fails again.
        self._failed.add((need, earliest))
        return []

    def begin(self, need: int, demand: Energy | None, earliest: int) -> list[Span]:
        """Blocks for as much of `need` as fits, those hours first that offer the attention asked for."""
        blocks: list[Span] = []
        for level in _levels(demand):
            rest = min(need - length(blocks), self.left)
            blocks.extend(self._take(self._split(self._offering(level, earliest), rest, partly=True)))
        return sorted(blocks)

    def offered(self, block: Span) -> Energy:
        """The least attention the hours of the block offer."""
        met = [energy for start, end, energy in self._cells if start < block[1] and end > block[0]]
        return min(met, key=lambda energy: energy.level, default=USUAL)

    def _offering(self, level: int, earliest: int) -> list[Span]:
        """Free spans from `earliest` on, long enough for a block, in hours that offer at least this level."""
        low = [(start, end) for start, end, energy in self._cells if energy.level < level]
        spans = [part for start, end in self._free for part in without((max(start, earliest), end), low)]
        return [span for span in spans if span[1] - span[0] >= self._shortest]

    def _split(self, spans: list[Span], need: int, *, partly: bool = False) -> list[Span]:
        """The need cut into blocks in the order of time, none shorter than the shortest; none when it does not fit."""
        blocks: list[Span] = []
        left = need
        for start, end in spans:
            start = max(start, blocks[-1][1] + self._break) if blocks else start
            piece = min(end - start, left)
            if 0 < left - piece < self._shortest:
                piece = left - self._shortest
            if piece >= self._shortest:
                blocks.append((start, start + piece))
                left -= piece
        return blocks if partly or not left else []

    def _take(self, blocks: list[Span]) -> list[Span]:
        for start, end in blocks:
            padded = (start - self._break, end + self._break)
            self._free = [part for span in self._free for part in without(span, [padded])]
            self.left -= end - start
        return blocks


def _levels(demand: Energy | None) -> range:
    """From the level asked for down to the lowest; without a demand, any hour will do."""
    return range(demand.level if demand else 1, 0, -1)


def _whole(spans: list[Span], need: int) -> list[Span]:
    return next(([(start, start + need)] for start, end in spans if end - start >= need), [])


def _cells(span: Span, attention: Iterable[Attention]) -> list[Attention]:
    """The span cut by the attention of its hours; where two are named the first counts, where none is, USUAL."""
    cells: list[Attention] = []
    rest = [span]
    for start, end, energy in attention:
        after = [part for one in rest for part in without(one, [(start, end)])]
        for one in rest:
            met = (max(one[0], start), min(one[1], end))
            if met[0] < met[1]:
                cells.append((*met, energy))
        rest = after
    return sorted([*cells, *((start, end, USUAL) for start, end in rest)])
