"""The rota: which helper stands where, and when they are relieved."""


def shifts(hours: int, length: int = 3) -> list[tuple[int, int]]:
    """The day cut into shifts of at most `length` hours."""
    return [(start, min(start + length, hours)) for start in range(0, hours, length)]


def assign(helpers: list[str], corners: dict[str, int]) -> dict[str, list[str]]:
    """Helpers to corners, in the order of the list, until every corner has as many as it needs."""
    waiting = list(helpers)
    return {corner: [waiting.pop(0) for _ in range(min(need, len(waiting)))] for corner, need in corners.items()}


def short_of(corners: dict[str, int], assigned: dict[str, list[str]]) -> dict[str, int]:
    """How many helpers each corner lacks."""
    lacking = {corner: need - len(assigned.get(corner, [])) for corner, need in corners.items()}
    return {corner: number for corner, number in lacking.items() if number > 0}
