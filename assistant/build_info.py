"""What an index build says of itself in `build.json`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerInfo:
    """The reranker of a build: its name, the SHA-256 that names its export, and that of every exported file."""

    model_id: str
    weights_sha256: str
    model_files: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInfo:
    """What `build.json` says of an index build. `corpus_digest` is a SHA-256 over every input that shaped it.

    `reranker` is None where hits keep the order of retrieval.
    """

    id: str
    created: str
    format_version: int
    chunker_version: int
    corpus_digest: str
    model_id: str
    model_weights_sha256: str
    model_files: dict[str, str]
    dimensions: int
    sources: int
    passages: int
    sentences: int
    reranker: RerankerInfo | None = None
