"""Settings of ingestion, read once from the environment. Every one is described in docs/configuration.md."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "GUIDANCE_INGEST_"


class IngestSettings(BaseSettings):
    """Settings of ingestion. Prefix `GUIDANCE_INGEST_`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    corpus_dir: Path = Field(default=Path("corpus"), description="Folder with sources.yaml and the digests.")
    model: str | None = Field(
        default=None,
        description="Folder of a sentence-transformers model; the pinned all-MiniLM-L6-v2 where it is not set.",
    )
    reranker: str | None = Field(
        default=None, description="Folder of a sentence-transformers cross-encoder; no reranking where it is not set."
    )
    keep_builds: int = Field(default=3, ge=1, le=50, description="How many builds stay on disk, for rollback.")
    file_seconds: float = Field(default=30, gt=0, le=600, description="Time limit for reading one document.")
    fetch_delay: float = Field(default=1, ge=0.5, le=60, description="Seconds between two visits to one host.")
    fetch_read_seconds: float = Field(
        default=20, gt=0, le=120, description="How long a site may be silent while it is fetched from."
    )
    fetch_seconds: float = Field(
        default=60, gt=0, le=600, description="How long one visit may take in all, with its redirects."
    )
    fetch_megabytes: float = Field(
        default=25, gt=0, le=25, description="The largest file that is fetched; 25 is what can be read."
    )
    file_memory_mb: int = Field(default=512, ge=128, le=8192, description="Memory limit for reading one document.")
