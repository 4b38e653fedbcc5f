"""Makes an index build: gather, cut, embed, write, verify, switch. The serving build stays untouched until the last step."""

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from assistant.adapters.build_folder import (
    FORMAT_VERSION,
    PASSAGE,
    SOURCES,
    builds_folder,
    close_index,
    open_index,
    read_passages,
    read_sources,
)
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.errors import BuildError
from assistant.types import BuildInfo, Passage, Source
from ingest.chunk import CHUNKER_VERSION, embedding_text, passages, sentence_embedding_texts
from ingest.corpus import read_corpus
from ingest.embed import SentenceTransformerEmbedder, export
from ingest.embed_cache import EmbeddingCache
from ingest.settings import IngestSettings
from ingest.verify import verify
from ingest.versions import PARTIAL, clean_up, current, switch, writing
from ingest.write import write_build

_EMBEDDING_PART = 256

Report = Callable[[str, int, int], None]
"""Called with the step's name, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a build did. `switched` is False where nothing had changed and the serving build was kept."""

    build_id: str
    switched: bool
    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    withdrawn: tuple[str, ...]
    failed: dict[str, str]
    passages: int
    embedded: int
    seconds: float
    deleted_builds: tuple[str, ...] = field(default=())


def build(
    data: Path, settings: IngestSettings, report: Report, *, model: SentenceTransformerEmbedder | None = None
) -> Summary:
    """Builds the corpus into a new index and makes it serve. An unchanged corpus keeps its build.

    Raises:
        ManifestError, BuildError, ModelError, LockedError: nothing has changed.
    """
    with writing(data):
        return _build(data, settings, report, model or SentenceTransformerEmbedder(settings.model))


def _build(data: Path, settings: IngestSettings, report: Report, embedder: SentenceTransformerEmbedder) -> Summary:
    began = time.monotonic()
    report("Reading", 0, 1)
    corpus = read_corpus(settings.corpus_dir, data)
    cut = [(source, passages(document, source)) for source, document in corpus.documents]
    if not any(found for _, found in cut):
        raise BuildError("The corpus holds no guidance: there is nothing to build. Add sources to the manifest.")
    report("Reading", 1, 1)
    serving = serving_build(data)
    changes = compare(data, serving, cut)
    model_files = OnnxEmbedder.files(export(embedder, data / "models"))
    embedded, deleted = 0, list[str]()
    if serving is not None and is_unchanged(serving, cut, embedder, model_files):
        build_id = serving.id
    else:
        build_id, embedded = make(data, cut, embedder, report)
        switch(data, build_id)
        deleted = clean_up(data, keep=settings.keep_builds)
    return Summary(
        build_id=build_id,
        switched=build_id != (serving.id if serving else None),
        **changes,
        failed=corpus.failed,
        passages=sum(len(found) for _, found in cut),
        embedded=embedded,
        seconds=time.monotonic() - began,
        deleted_builds=tuple(deleted),
    )


Cut = Sequence[tuple[Source, list[Passage]]]


def is_unchanged(
    serving: BuildInfo, cut: Cut, embedder: SentenceTransformerEmbedder, model_files: dict[str, str]
) -> bool:
    """Whether a new build would be the same as the serving one."""
    same_text = serving.corpus_digest == corpus_digest(cut, embedder.weights_sha256)
    return same_text and serving.format_version == FORMAT_VERSION and serving.model_files == model_files


def make(data: Path, cut: Cut, embedder: SentenceTransformerEmbedder, report: Report) -> tuple[str, int]:
    """Embeds, writes and verifies a build in a folder that nobody reads yet. Returns its id and how many texts were embedded."""
    info = describe_build(cut, embedder, OnnxEmbedder.files(export(embedder, data / "models")))
    every = [(source, passage) for source, found in cut for passage in found]
    passage_texts = [embedding_text(passage, source) for source, passage in every]
    sentence_texts = [text for source, passage in every for text in sentence_embedding_texts(passage, source)]
    final = builds_folder(data) / info.id
    partial = final.with_name(final.name + PARTIAL)
    partial.mkdir(parents=True)
    try:
        with EmbeddingCache(
            data / "cache" / "embeddings.sqlite", weights_sha256=info.model_weights_sha256, dimensions=info.dimensions
        ) as cache:
            embedded = embed_missing(cache, [*passage_texts, *sentence_texts], embedder, report)
            report("Writing", 0, 1)
            write_build(
                partial,
                info,
                [source for source, _ in cut],
                [passage for _, passage in every],
                texts=passage_texts,
                passage_vectors=cache.vectors(passage_texts),
                sentence_vectors=cache.vectors(sentence_texts),
            )
            report("Writing", 1, 1)
            verify(partial, report)
            cache.prune([*passage_texts, *sentence_texts])
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(final)
    return info.id, embedded


def embed_missing(
    cache: EmbeddingCache, texts: Sequence[str], embedder: SentenceTransformerEmbedder, report: Report
) -> int:
    """Embeds the texts that have no vector yet. Returns how many there were."""
    missing = sorted(cache.missing(texts), key=len)
    for start in range(0, len(missing), _EMBEDDING_PART):
        report("Embedding", start, len(missing))
        cache.embed(missing[start : start + _EMBEDDING_PART], embedder.embed)
    report("Embedding", len(missing), len(missing))
    return len(missing)


def describe_build(cut: Cut, embedder: SentenceTransformerEmbedder, model_files: dict[str, str]) -> BuildInfo:
    """What `build.json` will say. Ids sort by time."""
    created, digest = datetime.now(UTC), corpus_digest(cut, embedder.weights_sha256)
    return BuildInfo(
        id=f"{created:%Y%m%dT%H%M%S%fZ}-{digest[:8]}",
        created=created.isoformat(timespec="seconds"),
        format_version=FORMAT_VERSION,
        chunker_version=CHUNKER_VERSION,
        corpus_digest=digest,
        model_id=embedder.model_id,
        model_weights_sha256=embedder.weights_sha256,
        model_files=model_files,
        dimensions=embedder.dimensions,
        sources=len(cut),
        passages=sum(len(found) for _, found in cut),
        sentences=sum(len(passage.sentences) for _, found in cut for passage in found),
    )


def corpus_digest(cut: Cut, weights_sha256: str) -> str:
    """SHA-256 over all that shapes a build: sources, passages, model and the versions of format and chunker."""
    digest = hashlib.sha256(f"{FORMAT_VERSION}\0{CHUNKER_VERSION}\0{weights_sha256}\0".encode())
    digest.update(SOURCES.dump_json(tuple(source for source, _ in cut)))
    for _, found in cut:
        for passage in found:
            digest.update(PASSAGE.dump_json(passage))
    return digest.hexdigest()


def serving_build(data: Path) -> BuildInfo | None:
    """The serving build, if it is whole enough to be kept or compared with."""
    info = current(data)
    if info is None:
        return None
    try:
        close_index(open_index(builds_folder(data) / info.id))
    except BuildError:
        return None
    return info


def compare(data: Path, serving: BuildInfo | None, cut: Cut) -> dict[str, tuple[str, ...]]:
    """Ids of the sources that are new, changed, the same or gone against the serving build."""
    before: dict[str, tuple[Source, list[Passage]]] = {}
    if serving is not None:
        folder = builds_folder(data) / serving.id
        before = {source.id: (source, []) for source in read_sources(folder)}
        for passage in read_passages(folder):
            before[passage.source_id][1].append(passage)
    now = {source.id: (source, found) for source, found in cut}
    return {
        "created": tuple(id_ for id_ in now if id_ not in before),
        "updated": tuple(id_ for id_ in now if id_ in before and now[id_] != before[id_]),
        "unchanged": tuple(id_ for id_ in now if now[id_] == before.get(id_)),
        "withdrawn": tuple(id_ for id_ in before if id_ not in now),
    }
