"""The live side of the journal: tells readers that something newer exists. What it is they read from the journal."""

import asyncio
import threading
from collections.abc import Callable


class Feed:
    """Wakes readers when the journal grows.

    Services publish from any thread; each reader waits on its own event loop for a number beyond the last it has
    seen. The feed holds no events, so a slow reader costs nothing and readers cannot take from each other.
    """

    def __init__(self, last: int) -> None:
        """`last` is the newest number in the journal."""
        self._last = last
        self._closed = False
        self._lock = threading.Lock()
        self._hears: list[Callable[[int], None]] = []
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def last(self) -> int:
        """The newest number published."""
        return self._last

    @property
    def closed(self) -> bool:
        """Whether the host is stopping and readers shall end."""
        return self._closed

    @property
    def waiting(self) -> int:
        """How many readers wait at this moment."""
        with self._lock:
            return len(self._waiters)

    def published(self, seq: int) -> None:
        """Say that the journal holds `seq` now. Any thread; an older number than the newest changes nothing."""
        with self._lock:
            if seq <= self._last:
                return
            self._last = seq
            self._wake()
        for hear in self._hears:
            hear(seq)

    def tell(self, hear: Callable[[int], None]) -> None:
        """From now on call `hear` with each new number, in the thread that published it. It must not raise."""
        self._hears.append(hear)

    def close(self) -> None:
        """Let every reader end."""
        with self._lock:
            self._closed = True
            self._wake()

    async def beyond(self, seq: int) -> int:
        """Wait until the journal holds more than `seq`; gives the newest number. Returns at once when closed."""
        loop = asyncio.get_running_loop()
        while True:
            waiter = (loop, asyncio.Event())  # a new one each time: an event once set would never wait again
            with self._lock:
                if self._last > seq or self._closed:
                    return self._last
                self._waiters.add(waiter)
            try:
                await waiter[1].wait()
            finally:
                with self._lock:
                    self._waiters.discard(waiter)

    async def stopped(self) -> None:
        """Wait until the host is stopping."""
        while not self._closed:
            await self.beyond(self._last)

    def _wake(self) -> None:
        for loop, event in self._waiters:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
        self._waiters.clear()
