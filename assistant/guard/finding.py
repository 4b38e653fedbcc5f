"""What the guard says of a question that is not to be answered."""

from dataclasses import dataclass

from assistant.types import AnswerStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a question is not searched for. `kind` is for counting and logs, `message` for the officer; neither repeats the question."""

    status: AnswerStatus
    kind: str
    message: str
