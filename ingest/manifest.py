"""Reads and checks the corpus manifest: `sources.yaml`, a row a source."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from assistant.errors import ManifestError
from assistant.types import ContentKind, LegalRegime, Nation, Source, SourceStatus

MANIFEST = "sources.yaml"
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Line = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
PartialDate = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")]


class SourceRow(BaseModel):
    """One row of the manifest, as authors write it. Every field is described in corpus/README.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    ref: Line | None = None
    publisher: Line
    title: Line
    url: HttpUrl | None = None
    alternates: tuple[HttpUrl, ...] = ()
    published: PartialDate | None = None
    published_note: Line | None = None
    status: SourceStatus
    superseded_by: tuple[Identifier, ...] = ()
    superseded_note: Line | None = None
    legal_regime: LegalRegime
    nations: tuple[Nation, ...] = Field(min_length=1)
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None
    licence: Line
    format: Line
    content: ContentKind

    @model_validator(mode="after")
    def _consistent(self) -> "SourceRow":
        if (self.status is SourceStatus.SUPERSEDED) != bool(self.superseded_by):
            raise ValueError("superseded_by must name a source exactly when status is superseded")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        return self

    def to_source(self) -> Source:
        """The value that the rest of the program uses."""
        values: dict[str, Any] = self.model_dump()
        values["url"] = str(self.url) if self.url else None
        values["alternates"] = tuple(str(url) for url in self.alternates)
        return Source(**values)


_ROWS = TypeAdapter(list[dict[str, Any]])


def read_manifest(corpus: Path) -> list[Source]:
    """All rows of `sources.yaml`, checked one by one and together.

    Raises:
        ManifestError: lists every problem found, each with the row that it is in.
    """
    path = corpus / MANIFEST
    rows = read_rows(path)
    sources: list[Source] = []
    problems: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            sources.append(SourceRow.model_validate(row).to_source())
        except ValidationError as error:
            name = row.get("id", f"number {number}")
            problems.extend(f"source {name}: {describe(each)}" for each in error.errors())
    problems.extend(_cross_check(sources))
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ManifestError(f"{path} has {len(problems)} problem(s); nothing was built.\n{listed}")
    return sources


def digest_path(corpus: Path, source: Source) -> Path:
    """Where the digest of a source is: `digests/<publisher>/<id>.md`."""
    return corpus / "digests" / slug(source.publisher) / f"{source.id}.md"


def slug(name: str) -> str:
    """A name as it stands in folder names and ids: "Cabinet Office" becomes "cabinet-office"."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of the corpus that is a list, each a mapping of fields, unchecked otherwise.

    Raises:
        ManifestError: the file is missing or is no such list.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(
            f"There is no file {path}. Run this in the project's folder, put it back, or set "
            "GUIDANCE_INGEST_CORPUS_DIR to the folder that has it."
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ManifestError(f"{path} can't be read as YAML: {error}") from error
    try:
        return _ROWS.validate_python(rows)
    except ValidationError:
        raise ManifestError(f"{path} must be a list, each entry with its fields. Write [] if there is none.") from None


def describe(error: Any) -> str:
    """One of pydantic's errors in words that an author can act on."""
    field = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return f"unknown field '{field}'. Remove it, or correct its spelling."
        case "missing":
            return f"field '{field}' is missing. Add it."
        case "value_error":
            return f"{error['ctx']['error']}."
        case _:
            return f"field '{field}': {error['msg']} (found {error['input']!r})."


def _cross_check(sources: list[Source]) -> list[str]:
    ids = [source.id for source in sources]
    problems = [
        f"source {id_}: the id is used {ids.count(id_)} times. Ids must be unique."
        for id_ in sorted({i for i in ids if ids.count(i) > 1})
    ]
    for source in sources:
        problems.extend(
            f"source {source.id}: superseded_by names '{other}', which is not in the manifest. Add it or correct the id."
            for other in source.superseded_by
            if other not in ids
        )
        if source.id in source.superseded_by:
            problems.append(f"source {source.id}: it can't be superseded by itself.")
    return problems
