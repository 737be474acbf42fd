import asyncio
import threading

from orin_agents.services.feed import Feed


async def turns() -> None:
    """Let every task come to where it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_reader_behind_is_not_kept_waiting() -> None:
    feed = Feed(7)
    assert await feed.beyond(6) == 7
    assert feed.waiting == 0


async def test_all_readers_wake_when_any_thread_publishes() -> None:
    feed = Feed(0)
    readers = [asyncio.create_task(feed.beyond(0)) for _ in range(3)]
    await turns()
    thread = threading.Thread(target=feed.published, args=(1,))
    thread.start()
    assert await asyncio.gather(*readers) == [1, 1, 1]
    thread.join()


async def test_a_reader_ahead_sleeps_through_older_numbers() -> None:
    feed = Feed(0)
    reader = asyncio.create_task(feed.beyond(2))
    await turns()
    feed.published(2)
    await turns()
    assert not reader.done()
    feed.published(1)
    feed.published(3)
    assert await reader == 3


async def test_a_reader_that_leaves_is_forgotten() -> None:
    feed = Feed(0)
    reader = asyncio.create_task(feed.beyond(0))
    await turns()
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    assert feed.waiting == 0


async def test_closing_ends_all_waiting() -> None:
    feed = Feed(4)
    reader = asyncio.create_task(feed.beyond(4))
    await turns()
    feed.close()
    assert await reader == 4
    assert feed.closed
    assert await feed.beyond(4) == 4


def test_who_asked_is_told_each_new_number_once() -> None:
    feed, heard = Feed(1), list[int]()
    feed.tell(heard.append)
    for seq in (1, 2, 2, 5, 4):
        feed.published(seq)
    assert heard == [2, 5]
