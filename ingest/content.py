"""What goes into a build: passages, the manifest, and what is known of terms and conflicts. Nothing of a source that is left out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.adapters.build_folder import CONFLICTS, FORMAT_VERSION, PASSAGE, SOURCES, TERMS
from assistant.currency import Conflict, Term
from assistant.types import Passage, Source
from ingest.chunk import CHUNKER_VERSION, passages
from ingest.corpus import Corpus
from ingest.near_duplicates import Dropped, without_near_duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The sources with their passages, in order, and the terms and conflicts that concern them.

    `near_duplicates` says which passages were left out because another source says the same.
    """

    documents: Sequence[tuple[Source, list[Passage]]]
    terms: tuple[Term, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    near_duplicates: tuple[Dropped, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources, in order."""
        return tuple(source for source, _ in self.documents)

    @property
    def passages(self) -> list[tuple[Source, Passage]]:
        """Every passage with its source, in order."""
        return [(source, passage) for source, found in self.documents for passage in found]

    def digest(self, weights_sha256: str) -> str:
        """SHA-256 over all that shapes a build: content, model, and the versions of format and chunker."""
        digest = hashlib.sha256(f"{FORMAT_VERSION}\0{CHUNKER_VERSION}\0{weights_sha256}\0".encode())
        digest.update(SOURCES.dump_json(self.sources))
        for _, passage in self.passages:
            digest.update(PASSAGE.dump_json(passage))
        digest.update(TERMS.dump_json(self.terms))
        digest.update(CONFLICTS.dump_json(self.conflicts))
        return digest.hexdigest()


def gather(corpus: Corpus) -> Content:
    """Cuts the documents, and leaves out what terms and conflicts say on the word of a source that is not among them."""
    documents, near_duplicates = without_near_duplicates(
        [(source, passages(document, source)) for source, document in corpus.documents]
    )
    held = {source.id for source, _ in documents}
    return Content(
        documents=documents,
        terms=tuple(term for term in corpus.terms if term.source is None or term.source in held),
        conflicts=tuple(kept for conflict in corpus.conflicts if (kept := _held(conflict, held)) is not None),
        near_duplicates=near_duplicates,
    )


def _held(conflict: Conflict, sources: set[str]) -> Conflict | None:
    positions = tuple(each for each in conflict.positions if each.source is None or each.source in sources)
    return replace(conflict, positions=positions) if len(positions) > 1 else None
