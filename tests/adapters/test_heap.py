import ctypes
from pathlib import Path

import pytest

from orin_agents.adapters.heap import give_back


def resident() -> int:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_freed_memory_goes_back_to_the_system() -> None:
    texts = [bytes(2000) + str(number).encode() for number in range(40_000)]
    kept, full = texts[::50], resident()
    del texts
    give_back()
    assert resident() < full - 40_000 and len(kept) == 800


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    give_back()
