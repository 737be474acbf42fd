"""The process's memory: what was freed goes back to the system, which models on the same chip can use."""

import ctypes


def give_back() -> None:
    """Return freed memory that glibc keeps (malloc_trim(3)); nothing where the C library cannot. Takes milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
