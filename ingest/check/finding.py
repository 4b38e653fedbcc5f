"""What the check reports."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Rule(StrEnum):
    """The rules of the corpus. docs/authors.md says what each asks for."""

    MANIFEST = "manifest"
    FRONT_MATTER = "front-matter"
    READABLE = "readable"
    TITLE = "title"
    SECTIONS = "sections"
    HEADING = "heading"
    PROVENANCE = "provenance"
    MARKUP = "markup"
    SUBJECT = "subject"
    LENGTH = "length"
    READING_AGE = "reading-age"
    REPEATED = "repeated"
    COPIED = "copied"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One fault: where it is (`line` counts from 1), the rule it breaks, and what is wrong with the remedy. Sorts by place."""

    file: Path
    line: int
    rule: Rule
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"
