"""What asking leaves behind: an answer a case, and the corpus that answered. All that scoring needs, as plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from assistant.index import Index
from assistant.types import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The outcome of asking one case.

    `answer` is the JSON of assistant.wire, or None where `error` says why there is none. `retrieved` holds the ids of the
    passages that were found, best first; None where the channel does not tell. `milliseconds` is the time of the last
    question alone. `asked` is Case.asked as it was then.
    """

    case: str
    asked: str
    answer: dict[str, Any] | None = None
    error: str | None = None
    milliseconds: float = 0.0
    retrieved: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSource:
    """What slices and labels need of a source."""

    publisher: str
    title: str
    nations: tuple[str, ...]
    status: str
    legal_regime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPassage:
    """What quotes are checked against."""

    source_id: str
    heading_path: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The corpus that answered. `whole` says whether all its passages are here, or only those that were cited."""

    build_id: str
    corpus_digest: str | None
    whole: bool
    sources: Mapping[str, HeldSource]
    passages: Mapping[str, HeldPassage]


RECORD = TypeAdapter(Record)
HELD = TypeAdapter(Held)


def held_by(index: Index) -> Held:
    """All sources and passages of a build."""
    return Held(
        build_id=index.info.id,
        corpus_digest=index.info.corpus_digest,
        whole=True,
        sources={source.id: held_source(source) for source in index.sources.values()},
        passages={
            each.id: HeldPassage(source_id=each.source_id, heading_path=each.heading_path, text=each.text)
            for each in index.passages
        },
    )


def held_source(source: Source) -> HeldSource:
    """The part of a source that is kept with a run."""
    return HeldSource(
        publisher=source.publisher,
        title=source.title,
        nations=tuple(source.nations),
        status=source.status,
        legal_regime=source.legal_regime,
    )
