"""A small index in memory, for unit tests."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assistant.adapters.memory import HashEmbedder, MemoryPassageIndex
from assistant.analysis import terms
from assistant.build_info import BuildInfo
from assistant.index import Index
from assistant.types import ContentKind, LegalRegime, Nation, Passage, Sentence, Source, SourceStatus

_SOURCE = Source(
    id="lga-example",
    ref=None,
    publisher="LGA",
    title="Example",
    url="https://www.local.gov.uk/example",
    alternates=(),
    published="2025-03",
    published_note=None,
    status=SourceStatus.CURRENT,
    superseded_by=(),
    superseded_note=None,
    legal_regime=LegalRegime.INDEPENDENT,
    nations=(Nation.ENGLAND,),
    valid_from=None,
    valid_to=None,
    review_by=None,
    licence="not shown",
    format="html",
    content=ContentKind.DIGEST,
)


def make_source(source_id: str, **changes: object) -> Source:
    """A current digest of the LGA's, with what a test wants otherwise."""
    return replace(_SOURCE, id=source_id, **changes)


def make_passage(source_id: str, text: str, *, heading_path: Sequence[str] = (), position: int = 0) -> Passage:
    """A passage with its sentences: a line that starts with “- ” is an item of the sentence before the list."""
    sentences: list[Sentence] = []
    lead_in: int | None = None
    for line in re.finditer(r"[^\n]+", text):
        is_item = line.group().startswith("- ")
        for match in re.finditer(r"[^- ].*" if is_item else r"[^.!?\s][^.!?]*[.!?]*", line.group()):
            start, end = line.start() + match.start(), line.start() + match.end()
            sentences.append(Sentence(start=start, end=end, lead_in=lead_in if is_item else None))
            if not is_item:
                lead_in = len(sentences) - 1
    return Passage(
        id=f"{source_id}:{hashlib.sha256(text.encode()).hexdigest()[:16]}",
        source_id=source_id,
        text=text,
        heading_path=tuple(heading_path),
        page=None,
        position=position,
        sentences=tuple(sentences),
    )


def build_index(
    sources: Sequence[Source], texts: Mapping[str, Mapping[str, Sequence[str]]], *, build_id: str = "test-build"
) -> Index:
    """An index over passages given as {source id: {heading: [text, ...]}}."""
    by_id = {source.id: source for source in sources}
    passages: list[Passage] = []
    for source_id, sections in texts.items():
        position = 0
        for heading, section in sections.items():
            for text in section:
                passages.append(make_passage(source_id, text, heading_path=(heading,), position=position))
                position += 1
    searched = [f"{by_id[each.source_id].title} {' '.join(each.heading_path)} {each.text}" for each in passages]
    sentences = [each.text[sentence.start : sentence.end] for each in passages for sentence in each.sentences]
    embedder, nearest = HashEmbedder(), MemoryPassageIndex()
    vectors = embedder.embed_passages(searched)
    nearest.add([each.id for each in passages], vectors, searched, [each.source_id for each in passages])
    weights = _term_weights(searched)
    return Index(
        info=_info(build_id, embedder, by_id, passages, sentences),
        sources=by_id,
        passages=passages,
        rows={each.id: row for row, each in enumerate(passages)},
        passage_vectors=vectors,
        sentence_vectors=embedder.embed_passages(sentences),
        sentence_starts=np.cumsum([0, *(len(each.sentences) for each in passages)], dtype=np.int64),
        nearest=nearest,
        lexical_match=lambda query: _lexical_match(query, searched, weights),
        term_weights=weights,
    )


def _term_weights(searched: Sequence[str]) -> dict[str, float]:
    held = Counter(term for text in searched for term in set(terms(text)))
    return {term: math.log(1 + (len(searched) - n + 0.5) / (n + 0.5)) for term, n in held.items()}


def _lexical_match(
    query: Sequence[str], searched: Sequence[str], weights: Mapping[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    asked = set(query)
    total = sum(weights.get(term, 1.0) for term in asked) or 1.0
    held = np.array(
        [sum(weights.get(term, 0.0) for term in asked & set(terms(text))) for text in searched], dtype=np.float32
    )
    return held, (held / total).astype(np.float32)


def _info(
    build_id: str,
    embedder: HashEmbedder,
    sources: Mapping[str, Source],
    passages: Sequence[Passage],
    sentences: Sequence[str],
) -> BuildInfo:
    return BuildInfo(
        id=build_id,
        created="2026-11-22T12:00:00+00:00",
        format_version=1,
        chunker_version=1,
        corpus_digest="0" * 64,
        model_id=embedder.model_id,
        model_weights_sha256=embedder.weights_sha256,
        model_files={},
        dimensions=embedder.dimensions,
        sources=len(sources),
        passages=len(passages),
        sentences=len(sentences),
    )
