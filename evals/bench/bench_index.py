"""The product over a benchmark's documents, its index kept so that a second run embeds nothing."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.build_folder import builds_folder, open_index
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.answer import Assistant
from assistant.settings import AssistantSettings
from ingest.content import Content
from ingest.embed import SentenceTransformerEmbedder, export
from ingest.make import Report, make
from ingest.versions import complete_builds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What every benchmark needs: the data folder, both embedders and the settings of answering."""

    data: Path
    settings: AssistantSettings
    embedder: OnnxEmbedder
    ingest_embedder: SentenceTransformerEmbedder
    report: Report


def make_tools(settings: AssistantSettings, report: Report) -> Tools:
    """The tools of one run; the model is exported if that has not been done yet."""
    ingest_embedder = SentenceTransformerEmbedder()
    return Tools(
        data=settings.data_dir,
        settings=settings,
        embedder=OnnxEmbedder(export(ingest_embedder, settings.data_dir / "models"), threads=settings.threads),
        ingest_embedder=ingest_embedder,
        report=report,
    )


def bench_assistant(tools: Tools, content: Content) -> Assistant:
    """The product over these documents. Its own build step makes the index, in `data/bench`, where there is none of them yet."""
    key = hashlib.sha256("\0".join(source.id for source in content.sources).encode()).hexdigest()[:12]
    folder = tools.data / "bench" / key
    digest = content.digest(tools.ingest_embedder.weights_sha256)
    found = [info for info in complete_builds(folder) if info.corpus_digest == digest]
    build_id = found[-1].id if found else make(folder, content, tools.ingest_embedder, tools.report)[0]
    return Assistant(
        open_index(builds_folder(folder) / build_id),
        tools.embedder,
        evidence_threshold=tools.settings.evidence_threshold,
        quote_words=tools.settings.quote_words,
    )
