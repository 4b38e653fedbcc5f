"""The files of an index build: where they are, and how one is opened.

builds/<id>/build.json             what the build is (BuildInfo)
builds/<id>/sources.json           the manifest as it was
builds/<id>/terms.json             changed and equivalent terms
builds/<id>/conflicts.json         what sources disagree on
builds/<id>/words.json             the words of the corpus, and the English ones that the model knows
builds/<id>/passages.jsonl         the passages, a line each; the line number is the row of its vector
builds/<id>/passage_vectors.npy    float16 (passages, dimensions)
builds/<id>/sentence_vectors.npy   float16 (sentences, dimensions), in the order of the passages
builds/<id>/chroma/                the vector store
builds/<id>/bm25/                  the lexical index
current                            the id of the build that serves
"""

import json
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from assistant.adapters import chroma
from assistant.adapters.lexical import LexicalIndex
from assistant.build_info import BuildInfo
from assistant.currency import Conflict, Term
from assistant.errors import BuildError
from assistant.index import Index
from assistant.types import Passage, Source

FORMAT_VERSION = 3
REMEDY = "Build again: python -m ingest build"
CHROMA, BM25 = "chroma", "bm25"
PASSAGE_VECTORS, SENTENCE_VECTORS = "passage_vectors.npy", "sentence_vectors.npy"

INFO = TypeAdapter(BuildInfo)
SOURCES = TypeAdapter(tuple[Source, ...])
TERMS = TypeAdapter(tuple[Term, ...])
CONFLICTS = TypeAdapter(tuple[Conflict, ...])
PASSAGE = TypeAdapter(Passage)


def builds_folder(data: Path) -> Path:
    """The folder of all builds."""
    return data / "builds"


def read_current(data: Path) -> str:
    """The id of the serving build.

    Raises:
        BuildError: no build has been made yet, or the pointer names one that is gone.
    """
    try:
        build_id = (data / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise BuildError(f"There is no index in {data} yet. Make one: python -m ingest build") from None
    if not build_id or not (builds_folder(data) / build_id / "build.json").is_file():
        raise BuildError(f"The current build {build_id or '(none)'} is missing from {builds_folder(data)}. {REMEDY}")
    return build_id


def read_info(folder: Path) -> BuildInfo:
    """What `build.json` says. Raises BuildError where it is missing, damaged or of another format."""
    try:
        info = INFO.validate_json((folder / "build.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise BuildError(f"The build {folder.name} is damaged: build.json can't be read. {REMEDY}") from error
    if info.format_version != FORMAT_VERSION:
        raise BuildError(f"The build {folder.name} was made by another version of this program. {REMEDY}")
    return info


def read_sources(folder: Path) -> tuple[Source, ...]:
    """The manifest as it was when the build was made. Raises BuildError where it can't be read."""
    try:
        return SOURCES.validate_json((folder / "sources.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise BuildError(f"The build {folder.name} is damaged: sources.json can't be read. {REMEDY}") from error


def read_passages(folder: Path) -> list[Passage]:
    """All passages, in the order of their vectors. Raises BuildError where they can't be read."""
    try:
        with (folder / "passages.jsonl").open("rb") as file:
            return [PASSAGE.validate_json(line) for line in file]
    except (OSError, ValidationError) as error:
        raise BuildError(f"The build {folder.name} is damaged: passages.jsonl can't be read. {REMEDY}") from error


def open_index(folder: Path) -> Index:
    """Opens a build for answering, having checked that its parts belong together.

    Raises:
        BuildError: a part is missing, damaged or does not fit the others. The message names it.
    """
    info = read_info(folder)
    sources, passages = read_sources(folder), read_passages(folder)
    try:
        # Views, because every row that is taken from a np.memmap is made one again.
        passage_vectors = np.load(folder / PASSAGE_VECTORS, mmap_mode="r").view(np.ndarray)
        sentence_vectors = np.load(folder / SENTENCE_VECTORS, mmap_mode="r").view(np.ndarray)
        terms = TERMS.validate_json((folder / "terms.json").read_bytes())
        conflicts = CONFLICTS.validate_json((folder / "conflicts.json").read_bytes())
        words = json.loads((folder / "words.json").read_bytes())
        corpus_words, english = words["corpus"], frozenset(words["english"])
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise BuildError(f"The build {folder.name} is damaged ({error}). {REMEDY}") from error
    starts = np.cumsum([0, *(len(passage.sentences) for passage in passages)], dtype=np.int64)
    nearest, lexical = chroma.open_folder(folder / CHROMA), LexicalIndex(folder / BM25)
    shapes = {
        "passages.jsonl": (len(passages), info.passages),
        PASSAGE_VECTORS: (passage_vectors.shape, (info.passages, info.dimensions)),
        SENTENCE_VECTORS: (sentence_vectors.shape, (int(starts[-1]), info.dimensions)),
        CHROMA: (nearest.count(), info.passages),
        BM25: (lexical.match([])[0].shape, (info.passages,)),
    }
    for part, (found, expected) in shapes.items():
        if found != expected:
            raise BuildError(f"The build {folder.name} is damaged: {part} has {found}, not {expected}. {REMEDY}")
    return Index(
        info=info,
        sources={source.id: source for source in sources},
        passages=passages,
        rows={passage.id: row for row, passage in enumerate(passages)},
        passage_vectors=passage_vectors,
        sentence_vectors=sentence_vectors,
        sentence_starts=starts,
        nearest=nearest,
        lexical_match=lexical.match,
        term_weights=lexical.term_weights(),
        terms=terms,
        conflicts=conflicts,
        words=corpus_words,
        english=english,
    )


def close_index(index: Index) -> None:
    """Releases the vector store's files; for those who open a build only to look at it."""
    if isinstance(index.nearest, chroma.ChromaIndex):
        index.nearest.close()
