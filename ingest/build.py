"""Makes an index build: gather, cut, embed, write, verify, switch. The serving build stays untouched until the last step."""

import time
from dataclasses import dataclass
from pathlib import Path

from assistant.adapters.build_folder import (
    FORMAT_VERSION,
    builds_folder,
    close_index,
    open_index,
    read_passages,
    read_sources,
)
from assistant.adapters.onnx_model import model_files, read_card
from assistant.build_info import BuildInfo, RerankerInfo
from assistant.errors import BuildError
from assistant.types import Passage, Source
from ingest.content import Content, gather
from ingest.corpus import read_corpus
from ingest.embed import SentenceTransformerEmbedder, cautions, export
from ingest.make import Report, make
from ingest.near_duplicates import describe
from ingest.rerank import describe_reranker
from ingest.settings import IngestSettings
from ingest.versions import clean_up, current, switch, writing


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
    deleted_builds: tuple[str, ...] = ()
    near_duplicates: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


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
    content = gather(corpus)
    if not content.passages:
        raise BuildError("The corpus holds no guidance: there is nothing to build. Add sources to the manifest.")
    report("Reading", 1, 1)
    serving = serving_build(data)
    changes = compare(data, serving, content)
    model = export(embedder, data / "models")
    reranker = describe_reranker(settings.reranker, data / "models")
    embedded, deleted = 0, list[str]()
    if serving is not None and is_unchanged(serving, content, model, reranker):
        build_id = serving.id
    else:
        build_id, embedded = make(data, content, embedder, report, reranker=reranker)
        switch(data, build_id)
        deleted = clean_up(data, keep=settings.keep_builds)
    return Summary(
        build_id=build_id,
        switched=build_id != (serving.id if serving else None),
        **changes,
        failed=corpus.failed,
        passages=len(content.passages),
        embedded=embedded,
        seconds=time.monotonic() - began,
        deleted_builds=tuple(deleted),
        near_duplicates=tuple(describe(content.near_duplicates)),
        cautions=tuple(cautions(embedder, read_card(model), reranker)),
    )


def is_unchanged(serving: BuildInfo, content: Content, model: Path, reranker: RerankerInfo | None) -> bool:
    """Whether a new build would be the same as the serving one. `model` is the folder of the exported embedding model."""
    same_content = serving.corpus_digest == content.digest(read_card(model).weights_sha256)
    same_models = serving.model_files == model_files(model) and serving.reranker == reranker
    return same_content and same_models and serving.format_version == FORMAT_VERSION


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


def compare(data: Path, serving: BuildInfo | None, content: Content) -> dict[str, tuple[str, ...]]:
    """Ids of the sources that are new, changed, the same or gone against the serving build."""
    before: dict[str, tuple[Source, list[Passage]]] = {}
    if serving is not None:
        folder = builds_folder(data) / serving.id
        before = {source.id: (source, []) for source in read_sources(folder)}
        for passage in read_passages(folder):
            before[passage.source_id][1].append(passage)
    now = {source.id: (source, found) for source, found in content.documents}
    return {
        "created": tuple(id_ for id_ in now if id_ not in before),
        "updated": tuple(id_ for id_ in now if id_ in before and now[id_] != before[id_]),
        "unchanged": tuple(id_ for id_ in now if now[id_] == before.get(id_)),
        "withdrawn": tuple(id_ for id_ in before if id_ not in now),
    }
