"""The assistant's settings, read once from the environment. Every one is described in docs/configuration.md."""

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field
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
