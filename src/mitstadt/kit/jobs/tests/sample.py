"""Jobs for the tests."""

import time
from pathlib import Path

from mitstadt.kit.errors import DomainError


def write(path: str, text: str) -> None:
    with Path(path).open("a") as file:
        file.write(text + "\n")


def write_slowly(path: str, started: str, seconds: float) -> None:
    Path(started).touch()
    time.sleep(seconds)
    write(path, "done")


def fail() -> None:
    raise DomainError("the mail server is away")
