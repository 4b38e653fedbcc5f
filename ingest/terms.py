"""Reads and checks the changed and equivalent terms: `terms.yaml`, a row a term."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from assistant.currency import Term, TermKind, key, spellings_of
from assistant.errors import ManifestError
from assistant.types import Source
from ingest.manifest import Identifier, Line, PartialDate, describe, read_rows

TERMS = "terms.yaml"


def _spelling(text: str) -> str:
    if not key(text):
        raise ValueError(f"'{text}' holds no letter or number. Write the term out, or use patterns")
    return text


def _pattern(text: str) -> str:
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"the pattern '{text}' is not a regular expression: {error}. Correct it") from None
    if pattern.groups:
        raise ValueError(f"the pattern '{text}' holds a capturing group. Write (?:...) instead")
    if pattern.search(""):
        raise ValueError(f"the pattern '{text}' matches everywhere, even in empty text. Make it narrower")
    return text


Spelling = Annotated[Line, AfterValidator(_spelling)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class TermRow(BaseModel):
    """One row of `terms.yaml`, as authors write it. Every field is described at its top."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: Spelling
    also: tuple[Spelling, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    kind: TermKind
    now: tuple[Line, ...] = ()
    since: PartialDate | None = None
    note: Line | None = None
    confirmed: bool = True
    means: tuple[Line, ...] = ()
    source: Identifier | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "TermRow":
        if self.kind is TermKind.CHANGED:
            self._check_changed()
        else:
            self._check_equivalent()
        return self

    def _check_changed(self) -> None:
        if not self.note or not self.note.endswith("."):
            raise ValueError("a changed term needs a note: one sentence, with a full stop, that tells the officer")
        if self.means:
            raise ValueError("a changed term has no means: write what it is called today under now")
        if self.confirmed and not (self.now and self.source):
            raise ValueError(
                "a changed term needs now and the source that says so; where none held says so, set confirmed: false"
            )

    def _check_equivalent(self) -> None:
        if not self.means:
            raise ValueError("an equivalent term needs means: the words that widen the search")
        if self.now or self.since or self.note or not self.confirmed:
            raise ValueError("now, since, note and confirmed are for changed terms. Remove them, or set kind: changed")

    def to_term(self) -> Term:
        """The value that the rest of the program uses."""
        return Term(**dict(self))


def read_terms(corpus: Path, sources: Sequence[Source]) -> tuple[Term, ...]:
    """All rows of `terms.yaml`, checked one by one and together. `sources` are those of the manifest.

    Raises:
        ManifestError: lists every problem found, each with the row that it is in.
    """
    path = corpus / TERMS
    terms: list[Term] = []
    problems: list[str] = []
    for number, row in enumerate(read_rows(path), 1):
        try:
            terms.append(TermRow.model_validate(row).to_term())
        except ValidationError as error:
            name = row.get("term", f"number {number}")
            problems.extend(f"term {name}: {describe(each)}" for each in error.errors())
    problems.extend(_cross_check(terms, {source.id for source in sources}))
    refuse(path, problems)
    return tuple(terms)


def refuse(path: Path, problems: Sequence[str]) -> None:
    """Stops the build if a file has problems.

    Raises:
        ManifestError: lists them all.
    """
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ManifestError(f"{path} has {len(problems)} problem(s); nothing was built.\n{listed}")


def _cross_check(terms: Sequence[Term], source_ids: set[str]) -> list[str]:
    problems = [
        f"term {term.term}: the source '{term.source}' is not in the manifest. Add it to sources.yaml or correct the id."
        for term in terms
        if term.source and term.source not in source_ids
    ]
    first: dict[str, Term] = {}
    for term in terms:
        for spelling in spellings_of(term):
            other = first.setdefault(key(spelling), term)
            if other is not term:
                problems.append(
                    f"term {term.term}: '{spelling}' stands under the term {other.term}, too. Keep it in one of them."
                )
    return problems
