"""Reads and checks the matters on which sources disagree: `conflicts.yaml`, an entry a matter."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.currency import Conflict, Position, figures
from assistant.types import Source
from ingest.manifest import Identifier, Line, describe, digest_path, read_rows
from ingest.terms import refuse

CONFLICTS = "conflicts.yaml"
_ELSEWHERE = "reported elsewhere"


class PositionRow(BaseModel):
    """One position of an entry, as authors write it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: Line
    by: Line | None = None
    source: Identifier | None = None
    anchor: Line | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "PositionRow":
        if (self.source is None) != (self.anchor is None):
            raise ValueError(
                "source and anchor go together. Add the sentence of the digest that says so, or take both out"
            )
        if self.source is None and not self.claim.startswith(_ELSEWHERE):
            raise ValueError(
                f"a claim without a source begins with '{_ELSEWHERE}', so that nobody takes it for guidance held"
            )
        return self


class ConflictRow(BaseModel):
    """One entry of `conflicts.yaml`, as authors write it. Every field is described at its top."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    topic: Line
    ask: tuple[Line, ...] = Field(min_length=1)
    figures: bool
    positions: tuple[PositionRow, ...] = Field(min_length=2)
    tell: Line

    @model_validator(mode="after")
    def _consistent(self) -> "ConflictRow":
        if not any(position.source for position in self.positions):
            raise ValueError(
                "no position has a source, so no answer could touch the conflict. Add one, or take the entry out"
            )
        if self.figures and not any(figures(position.claim) for position in self.positions):
            raise ValueError("figures is true, but no claim holds a figure. Add them, or set figures: false")
        if not self.tell.endswith("."):
            raise ValueError("tell must be one or two whole sentences. End it with a full stop")
        return self

    def to_conflict(self) -> Conflict:
        """The value that the rest of the program uses."""
        positions = tuple(Position(**dict(position)) for position in self.positions)
        return Conflict(**{**dict(self), "positions": positions})


def read_conflicts(corpus: Path, sources: Sequence[Source]) -> tuple[Conflict, ...]:
    """All entries of `conflicts.yaml`, checked one by one, together, and against the digests. `sources` are those of the manifest.

    Raises:
        ManifestError: lists every problem found, each with the entry that it is in.
    """
    path = corpus / CONFLICTS
    conflicts: list[Conflict] = []
    problems: list[str] = []
    for number, row in enumerate(read_rows(path), 1):
        try:
            conflicts.append(ConflictRow.model_validate(row).to_conflict())
        except ValidationError as error:
            name = row.get("id", f"number {number}")
            problems.extend(f"conflict {name}: {describe(each)}" for each in error.errors())
    problems.extend(_repeated(conflicts))
    by_id = {source.id: source for source in sources}
    problems.extend(problem for conflict in conflicts for problem in _check_anchors(conflict, corpus, by_id))
    refuse(path, problems)
    return tuple(conflicts)


def _repeated(conflicts: Sequence[Conflict]) -> Iterator[str]:
    for id_, times in sorted(Counter(conflict.id for conflict in conflicts).items()):
        if times > 1:
            yield f"conflict {id_}: the id is used {times} times. Ids must be unique."


def _check_anchors(conflict: Conflict, corpus: Path, sources: Mapping[str, Source]) -> Iterator[str]:
    for position in conflict.positions:
        if position.source is None or position.anchor is None:
            continue
        source = sources.get(position.source)
        if source is None:
            yield (
                f"conflict {conflict.id}: the source '{position.source}' is not in the manifest. "
                "Add it to sources.yaml or correct the id."
            )
            continue
        path = digest_path(corpus, source)
        if not path.is_file():
            yield f"conflict {conflict.id}: the digest {path} is missing. Write it, or take the position out."
        elif position.anchor not in _prose(path):
            yield (
                f"conflict {conflict.id}: {path} does not hold the anchor '{position.anchor}'. "
                "Copy the sentence as the digest has it now."
            )


def _prose(digest: Path) -> str:
    """A digest without its front matter, headings and comments: an anchor must be what an answer can quote."""
    text = digest.read_text(encoding="utf-8", errors="replace")
    if text.startswith("---\n"):
        text = text[4:].partition("\n---\n")[2]
    return "\n".join(line for line in text.splitlines() if not line.startswith(("#", "<!--")))
