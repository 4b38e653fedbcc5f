"""Tells of an answer's parts as soon as each stands, for answers that are shown while they are made."""

from collections.abc import Callable

from assistant.types import Answer, Citation, Notice, Statement

Tell = Callable[[tuple[Citation, ...] | Statement | Notice], None]


class Telling:
    """Passes parts on, and knows whether statements have been told already."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell
        self._told = False

    def __call__(self, part: tuple[Citation, ...] | Statement | Notice) -> None:
        """Passes one part on."""
        if self._tell is not None:
            self._told = True
            self._tell(part)

    def finish(self, answer: Answer) -> None:
        """What is left to tell: citations and statements where none were told, and the notices."""
        if not self._told:
            if answer.citations:
                self(answer.citations)
            for statement in answer.statements:
                self(statement)
        for notice in answer.notices:
            self(notice)
