"""Makes the folder of a build: embeds what is new, writes it, verifies it. Nobody reads the folder before it is whole."""

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from assistant.adapters.build_folder import FORMAT_VERSION, builds_folder
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import model_files, read_card, usable_cores
from assistant.analysis import embedding_text
from assistant.build_info import BuildInfo, RerankerInfo
from ingest.chunk import CHUNKER_VERSION, sentence_embedding_texts
from ingest.content import Content
from ingest.embed import SentenceTransformerEmbedder, english_words, export
from ingest.embed_cache import EmbeddingCache
from ingest.verify import verify
from ingest.versions import PARTIAL
from ingest.write import write_build

_EMBEDDING_PART = 256

Report = Callable[[str, int, int], None]
"""Called with the step's name, how much of it is done, and how much there is."""


def make(
    data: Path,
    content: Content,
    embedder: SentenceTransformerEmbedder,
    report: Report,
    *,
    reranker: RerankerInfo | None = None,
) -> tuple[str, int]:
    """Makes a build. Returns its id and how many texts were embedded.

    Raises:
        BuildError: it is not whole. Its folder is deleted.
    """
    model = export(embedder, data / "models")
    info = describe_build(content, model, reranker)
    final = builds_folder(data) / info.id
    partial = final.with_name(final.name + PARTIAL)
    partial.mkdir(parents=True)
    try:
        embedded = _fill(partial, data / "cache" / "embeddings.sqlite", info, content, embedder, model, report)
        verify(partial, report)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(final)
    return info.id, embedded


def _fill(
    folder: Path,
    cache_file: Path,
    info: BuildInfo,
    content: Content,
    embedder: SentenceTransformerEmbedder,
    model: Path,
    report: Report,
) -> int:
    passage_texts = [embedding_text(passage, source) for source, passage in content.passages]
    sentence_texts = [
        text for source, passage in content.passages for text in sentence_embedding_texts(passage, source)
    ]
    with EmbeddingCache(cache_file, weights_sha256=info.model_weights_sha256, dimensions=info.dimensions) as cache:
        embedded = embed_missing(cache, [*passage_texts, *sentence_texts], model, report)
        report("Writing", 0, 1)
        write_build(
            folder,
            info,
            content,
            texts=passage_texts,
            english=english_words(),
            passage_vectors=cache.vectors(passage_texts),
            sentence_vectors=cache.vectors(sentence_texts),
        )
        report("Writing", 1, 1)
        cache.prune([*passage_texts, *sentence_texts])
    return embedded


def embed_missing(cache: EmbeddingCache, texts: Sequence[str], model: Path, report: Report) -> int:
    """Embeds the texts that have no vector yet, with the exported model (docs/adr/0008-speed.md). Returns how many there were."""
    missing = sorted(cache.missing(texts), key=len)
    report("Embedding", 0, len(missing))
    if missing:
        embedder = OnnxEmbedder(model, threads=1, workers=usable_cores())
        for start in range(0, len(missing), _EMBEDDING_PART):
            cache.embed(missing[start : start + _EMBEDDING_PART], embedder.embed_passages)
            report("Embedding", min(start + _EMBEDDING_PART, len(missing)), len(missing))
    return len(missing)


def describe_build(content: Content, model: Path, reranker: RerankerInfo | None) -> BuildInfo:
    """What `build.json` will say. `model` is the folder of the exported embedding model. Ids sort by time."""
    card = read_card(model)
    created, digest = datetime.now(UTC), content.digest(card.weights_sha256)
    return BuildInfo(
        id=f"{created:%Y%m%dT%H%M%S%fZ}-{digest[:8]}",
        created=created.isoformat(timespec="seconds"),
        format_version=FORMAT_VERSION,
        chunker_version=CHUNKER_VERSION,
        corpus_digest=digest,
        model_id=card.model_id,
        model_weights_sha256=card.weights_sha256,
        model_files=model_files(model),
        dimensions=card.dimensions,
        sources=len(content.documents),
        passages=len(content.passages),
        sentences=sum(len(passage.sentences) for _, passage in content.passages),
        reranker=reranker,
    )
