"""Many people write at once; on the embedded database each gets their turn, in order, and nothing is lost."""

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from mitstadt.kit.sqlite.queue import QueueTimeoutError, WriterQueue


def test_a_second_writer_waits_until_the_first_has_left(tmp_path):
    queue = WriterQueue(str(tmp_path / "q"))
    queue.enter(1)
    with pytest.raises(QueueTimeoutError):
        queue.enter(0.05)
    queue.leave()
    queue.enter(0.05)
    queue.leave()


def test_waiting_writers_are_served_in_the_order_they_came(tmp_path):
    queue = WriterQueue(str(tmp_path / "q"))
    served: list[int] = []
    queue.enter(1)

    def write(number: int) -> None:
        queue.enter(5)
        served.append(number)
        queue.leave()

    threads = []
    for number in range(10):
        thread = threading.Thread(target=write, args=(number,))
        thread.start()
        threads.append(thread)
        while len(queue._waiting) <= number:
            time.sleep(0.001)
    queue.leave()
    for thread in threads:
        thread.join(5)
    assert served == list(range(10))


def test_a_writer_who_gave_up_does_not_hold_up_those_behind(tmp_path):
    queue = WriterQueue(str(tmp_path / "q"))
    queue.enter(1)

    def try_shortly() -> None:
        with pytest.raises(QueueTimeoutError):
            queue.enter(0.05)

    gave_up = threading.Thread(target=try_shortly)
    gave_up.start()
    gave_up.join(2)
    queue.leave()
    queue.enter(0.2)
    queue.leave()


def _hold(path: str, ready, seconds: float) -> None:
    queue = WriterQueue(path)
    queue.enter(5)
    ready.set()
    time.sleep(seconds)
    queue.leave()


def test_a_killed_process_gives_its_turn_back(tmp_path):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    path = str(tmp_path / "q")
    process = context.Process(target=_hold, args=(path, ready, 60))
    process.start()
    assert ready.wait(30)
    queue = WriterQueue(path)
    with pytest.raises(QueueTimeoutError):
        queue.enter(0.1)
    process.kill()
    process.join(10)
    queue.enter(1)
    queue.leave()


def _write_many(path: str, log: str, name: str, seconds: float, start) -> None:
    queue = WriterQueue(path)
    start.wait(30)
    end = time.monotonic() + seconds
    turns, worst = 0, 0.0
    while time.monotonic() < end:
        asked = time.monotonic()
        queue.enter(20)
        worst = max(worst, time.monotonic() - asked)
        time.sleep(0.002)
        queue.leave()
        turns += 1
    Path(log, name).write_text(f"{turns} {worst}")


def test_two_busy_processes_take_turns(tmp_path):
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    names = ["a", "b"]
    processes = [
        context.Process(target=_write_many, args=(str(tmp_path / "q"), str(tmp_path), name, 2, start)) for name in names
    ]
    for process in processes:
        process.start()
    time.sleep(1)
    start.set()
    for process in processes:
        process.join(30)
    turns, waits = zip(*[map(float, (tmp_path / name).read_text().split()) for name in names], strict=True)
    assert min(turns) >= 0.5 * max(turns)
    assert max(waits) < 1
