"""The assistant's settings, read once from the environment. Every one is described in docs/configuration.md."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

PREFIX = "GUIDANCE_"


class AssistantSettings(BaseSettings):
    """Settings of answering. Prefix `GUIDANCE_`; settings of the other folders have a word of their own after it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(
        default=Path("data"), description="Folder of index builds, caches, models and added documents."
    )
    evidence_threshold: float = Field(
        default=0.15, ge=0, le=1, description="Least calibrated probability that the evidence answers the question."
    )
    quote_words: int = Field(default=120, ge=20, le=1000, description="About how many words of quotes an answer shows.")
    threads: int = Field(
        default=2, ge=1, le=64, description="Threads of the models for one question; never more than cores."
    )
    reranked: int = Field(
        default=20, ge=2, le=100, description="How many of the best hits the reranker reads, where the build has one."
    )
    chat_model: str | None = Field(
        default=None,
        description="Chat model that phrases answers, as provider:name; none where it is not set.",
    )
    chat_base_url: str | None = Field(
        default=None,
        description="Address of the model's API, where it is not the provider's own.",
        pattern=r"^https?://",
    )
    chat_api_key: SecretStr | None = Field(default=None, description="Key of the model's API.")
    chat_options: dict[str, Any] = Field(default={}, description="More options of the provider, as a JSON object.")
    chat_connect_seconds: float = Field(
        default=3, gt=0, le=60, description="How long connecting to the model may take."
    )
    chat_first_seconds: float = Field(default=10, gt=0, le=120, description="How long the first words may take.")
    chat_between_seconds: float = Field(
        default=5, gt=0, le=120, description="How long the model may pause within a draft."
    )
    chat_seconds: float = Field(default=30, gt=0, le=300, description="How long phrasing one answer may take in all.")
    chat_at_once: int = Field(default=8, ge=1, le=256, description="How many answers are phrased at the same time.")
    chat_calls_per_hour: int = Field(default=600, ge=1, le=1_000_000, description="Calls to the model in any hour.")
    chat_failures: int = Field(
        default=4, ge=1, le=100, description="Failures in a row after which the model is left alone."
    )
    chat_pause_seconds: float = Field(default=60, gt=0, le=3600, description="How long it is left alone.")
    chat_rewrite: bool = Field(default=False, description="Lets the model put a follow-up question into full words.")
    chat_variants: bool = Field(
        default=False, description="Lets the model put a question in other words, to search for those, too."
    )


def reject_unknown(prefix: str, known: Iterable[str], *, except_prefixes: tuple[str, ...] = ()) -> None:
    """Refuses environment variables that look like settings and are none.

    A misspelt setting that is silently ignored is how a safe default stays off; pydantic's `extra="forbid"` does
    not look at the environment.

    Raises:
        SettingsError: names the variable and the settings that exist.
    """
    names = {prefix + name.upper() for name in known}
    for variable in sorted(os.environ):
        if not variable.startswith(prefix) or variable.startswith(except_prefixes or ("\0",)):
            continue
        if variable not in names:
            raise SettingsError(f"{variable} is not a setting. Settings here: {', '.join(sorted(names))}.")
