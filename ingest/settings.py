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
        description="A sentence-transformers model by folder or name; the pinned all-MiniLM-L6-v2 where it is not set.",
    )
    keep_builds: int = Field(default=3, ge=1, le=50, description="How many builds stay on disk, for rollback.")
    file_seconds: float = Field(default=30, gt=0, le=600, description="Time limit for reading one document.")
    file_memory_mb: int = Field(default=512, ge=128, le=8192, description="Memory limit for reading one document.")
