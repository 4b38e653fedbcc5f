"""A product index over a benchmark's documents, kept so that a second run embeds nothing."""

import hashlib
from pathlib import Path

from assistant.adapters.build_folder import builds_folder, open_index
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.index import Index
from ingest.content import Content
from ingest.embed import SentenceTransformerEmbedder, export
from ingest.make import Report, make
from ingest.versions import complete_builds


def bench_index(data: Path, content: Content, embedder: SentenceTransformerEmbedder, report: Report) -> Index:
    """Opens the build of these documents in `data/bench`, making it first where there is none. The product's own build step is used."""
    key = hashlib.sha256("\0".join(source.id for source in content.sources).encode()).hexdigest()[:12]
    folder = data / "bench" / key
    digest = content.digest(embedder.weights_sha256)
    found = [info for info in complete_builds(folder) if info.corpus_digest == digest]
    build_id = found[-1].id if found else make(folder, content, embedder, report)[0]
    return open_index(builds_folder(folder) / build_id)


def serving_embedder(data: Path, embedder: SentenceTransformerEmbedder) -> OnnxEmbedder:
    """The embedder that serving uses, exported if need be."""
    return OnnxEmbedder(export(embedder, data / "models"))
