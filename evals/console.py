"""What the commands of the evals share: the terminal, progress, clear failures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import Progress

from assistant.errors import GuidanceError

FAILED = 1
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Says what went wrong, and ends with a code that is not 0."""
    errors.print(message)
    raise typer.Exit(FAILED) from None


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turns an error that a person is meant to read into one message and a non-zero exit."""
    try:
        yield
    except GuidanceError as error:
        fail(str(error))


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal; nothing on a pipe."""
    with Progress(console=Console(stderr=True), transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
