"""The values of answers that a language model phrases: what it is told, and what became of its draft."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class NotPhrased(StrEnum):
    """Why an answer is in quotes though a language model is set."""

    STEERING = "the question holds words that steer"
    BUSY = "too many answers are being phrased at once"
    BUDGET = "the calls of this hour are used up"
    PAUSED = "the model failed several times and is left alone for a while"
    FAILED = "the model failed"
    NOTHING_PASSED = "no sentence passed the checks"
    INCOMPLETE = "what passed the checks leaves part of the question open"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasedBy:
    """The language model that phrased an answer, and the SHA-256 of the prompt that it was given."""

    model: str
    prompt_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedSentence:
    """A sentence that a model drafted and that was not shown, and the rule that it failed. For authors, never for officers."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How an answer came by its words where a language model is set.

    `phrased_by` is there where sentences of the model's are among the statements; `not_phrased` says why they are not enough, or none.
    `dropped` are those that failed a check.
    """

    phrased_by: PhrasedBy | None = None
    not_phrased: NotPhrased | None = None
    dropped: tuple[DroppedSentence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to a chat model: the rules that it is given, or what it is asked."""

    role: Literal["system", "user"]
    text: str
