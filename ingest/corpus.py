"""Gathers what goes into a build: the shipped sources with their digests, and the council's own documents."""

from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from assistant.currency import Conflict, Term
from assistant.errors import LoadError, ManifestError
from assistant.types import ContentKind, Source, SourceStatus
from ingest.added import added_document, added_sources, withdrawn
from ingest.conflicts import read_conflicts
from ingest.document import Document
from ingest.load import load
from ingest.manifest import digest_path, read_manifest
from ingest.originals import original_document
from ingest.terms import read_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Sources with their documents, in the order of the manifest, terms and conflicts as the files of the corpus have them, and what
    could not be read: source id to reason.
    """

    documents: tuple[tuple[Source, Document], ...]
    terms: tuple[Term, ...]
    conflicts: tuple[Conflict, ...]
    failed: dict[str, str]


def read_corpus(corpus: Path, data: Path) -> Corpus:
    """Reads everything that is not withdrawn. A digest that can't be read is named in `failed` and stops nothing else.

    Raises:
        ManifestError: the manifest is not valid, or a digest that it promises is missing or belongs to another source.
    """
    shipped = read_manifest(corpus)
    own = added_sources(data)
    clash = {source.id for source in shipped} & {source.id for source in own}
    if clash:
        raise ManifestError(
            f"Added documents use the ids of shipped sources: {', '.join(sorted(clash))}. Withdraw them and add them under another --id."
        )
    left_out = withdrawn(data)
    wanted = [source for source in shipped if source.id not in left_out and source.status is not SourceStatus.WITHDRAWN]
    _check_digests(corpus, wanted)
    documents: list[tuple[Source, Document]] = []
    failed: dict[str, str] = {}
    for source in wanted:
        try:
            documents.append(_original_or_digest(corpus, data, source, failed))
        except LoadError as error:
            failed[source.id] = str(error)
    documents.extend((source, added_document(data, source.id)) for source in own)
    return Corpus(
        documents=tuple(documents),
        terms=read_terms(corpus, shipped),
        conflicts=read_conflicts(corpus, shipped),
        failed=failed,
    )


def _original_or_digest(corpus: Path, data: Path, source: Source, failed: dict[str, str]) -> tuple[Source, Document]:
    """The publisher's own text where it was fetched. A damaged one is told, and the digest serves."""
    try:
        original = original_document(data, source)
    except LoadError as error:
        failed[source.id], original = str(error), None
    if original is not None:
        return replace(source, content=ContentKind.ORIGINAL), original
    return source, load(digest_path(corpus, source))


def _check_digests(corpus: Path, sources: list[Source]) -> None:
    problems = []
    for source in sources:
        path = digest_path(corpus, source)
        if not path.is_file():
            problems.append(f"source {source.id}: its digest {path} is missing. Write it, or take the row out.")
        elif (named := front_matter(path).get("source")) != source.id:
            problems.append(
                f"source {source.id}: the front matter of {path} names '{named}'. It must say 'source: {source.id}'."
            )
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ManifestError(f"The corpus has {len(problems)} problem(s); nothing was built.\n{listed}")


def front_matter(path: Path) -> dict[str, object]:
    """The YAML between the first two `---` lines of a digest; empty where there is none."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.startswith("---\n"):
        return {}
    try:
        found = yaml.safe_load(text[4:].partition("\n---")[0])
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}
