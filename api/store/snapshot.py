"""An answer as it is kept: what was given, and exactly what it rested on, so that it can be accounted for later.

What was kept is read with these models years later: a new field needs a default, and none may go.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from assistant.index import Index
from assistant.types import Answer, ContentKind, LegalRegime, Nation, SourceStatus
from assistant.wire import AnswerJson


class PassageShown(BaseModel):
    """A passage as it stood in the build that answered."""

    model_config = ConfigDict(frozen=True)

    passage_id: str
    text: str
    heading_path: tuple[str, ...]
    page: int | None
    source_id: str
    sha256: str = Field(description="Of the text in UTF-8.")


class SourceShown(BaseModel):
    """A source as the build that answered described it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    ref: str | None
    publisher: str
    title: str
    url: str | None
    published: str | None
    published_note: str | None
    status: SourceStatus
    superseded_by: tuple[str, ...]
    superseded_note: str | None
    legal_regime: LegalRegime
    nations: tuple[Nation, ...]
    valid_from: date | None
    valid_to: date | None
    review_by: date | None
    licence: str
    content: ContentKind


class Evidence(BaseModel):
    """What an answer rested on: the passages and sources that it cites, and the settings that shaped it."""

    model_config = ConfigDict(frozen=True)

    passages: tuple[PassageShown, ...]
    sources: tuple[SourceShown, ...]
    settings: dict[str, JsonValue]


class SnapshotJson(Evidence):
    """An answer as it was given, with what it rested on."""

    answer: AnswerJson
    asked_at: datetime = Field(description="ISO 8601, UTC.")
    build_id: str
    model: str | None = Field(description="The language model that took part; null where none did.")
    prompt_sha256: str | None = Field(description="Of the model's instructions; null where no model took part.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An answer ready to be kept. `answer` is its JSON as it goes to the client, `evidence` compressed JSON."""

    answer_id: str
    status: str
    build_id: str
    asked_at: datetime
    answer: bytes
    evidence: bytes
    model: str | None = None
    prompt_sha256: str | None = None


def evidence_of(answer: Answer, index: Index, settings: Mapping[str, JsonValue]) -> Evidence:
    """What `answer`, which `index` gave, rests on."""
    cited = {index.rows[citation.passage_id]: None for citation in answer.citations}
    passages = [index.passages[row] for row in cited]
    source_ids = dict.fromkeys(passage.source_id for passage in passages)
    return Evidence(
        passages=tuple(
            PassageShown(
                passage_id=passage.id,
                text=passage.text,
                heading_path=passage.heading_path,
                page=passage.page,
                source_id=passage.source_id,
                sha256=hashlib.sha256(passage.text.encode()).hexdigest(),
            )
            for passage in passages
        ),
        sources=tuple(SourceShown.model_validate(index.sources[source_id]) for source_id in source_ids),
        settings=dict(settings),
    )


def pack(document: bytes) -> bytes:
    """Compressed for keeping: guidance and JSON take about a third. Quickly, because every answer waits for it."""
    return zlib.compress(document, 1)


def unpack(packed: bytes) -> bytes:
    """What was packed."""
    return zlib.decompress(packed)
