"""The only text that a language model is told by us. A changed prompt is a new file with the next number."""

import hashlib
from functools import cache
from importlib.resources import files

ANSWER = ("answer-1", "passages-1")
REWRITE = ("rewrite-1",)
VARIANTS = ("variants-1",)


@cache
def prompt(name: str) -> str:
    """The text of a prompt."""
    return files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")


@cache
def sha256(names: tuple[str, ...] = ANSWER) -> str:
    """The SHA-256 over the texts of some prompts, which answers are recorded with."""
    return hashlib.sha256("\0".join(prompt(name) for name in names).encode()).hexdigest()
