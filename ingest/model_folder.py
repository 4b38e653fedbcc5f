"""A folder with somebody's model: what of it is accepted, and the hash that names it."""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.adapters.onnx_model import file_sha256
from assistant.errors import ModelError

# Weights, configuration and vocabulary. The rest of a folder (a README, exports of others) shapes no vector.
_SHAPING = {".safetensors", ".json", ".txt", ".model"}
_SETTINGS = "config_sentence_transformers.json"


def require_model(folder: Path, setting: str, kind: str) -> None:
    """Refuses what is no folder of the kind (`SentenceTransformer`, `CrossEncoder`), or holds weights that could run code.

    Raises:
        ModelError: says what is wrong with it and what to do.
    """
    if not folder.is_dir():
        raise ModelError(f"There is no model folder {folder}. {setting} names a folder with a {kind} model.")
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(f"{folder} holds no weights in safetensors format. Save the model in that format.")
    for weights in folder.rglob("pytorch_model*.bin"):
        # Reading a pickle can run code. Where both are there, the libraries read the safetensors.
        if not any(weights.parent.glob("*.safetensors")):
            raise ModelError(f"{weights} is not in safetensors format. Save the model in that format.")
    found = _kind(folder)
    if found != kind:
        raise ModelError(f"{folder} holds a {found} model; {setting} needs a {kind} model.")


def model_sha256(folder: Path) -> str:
    """SHA-256 over every file that shapes the model's output: the same weights with other pooling or prompts are another model."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SHAPING and path.is_file():
            digest.update(f"{path.relative_to(folder).as_posix()}\0{file_sha256(path)}\0".encode())
    return digest.hexdigest()


@contextmanager
def loading(folder: Path) -> Iterator[Any]:
    """Gives the module sentence_transformers, quiet and offline: it never asks a model hub. A failure names the folder.

    Raises:
        ModelError: the model can't be loaded.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"  # read at import; local_files_only alone still calls out for some files
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    import sentence_transformers
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield sentence_transformers
    except Exception as error:  # a stranger's folder can make three libraries fail in any way
        raise ModelError(f"The model in {folder} can't be loaded ({error}). Is it whole?") from error


def _kind(folder: Path) -> str:
    """What the folder says it is. Models from before sentence-transformers told kinds apart are known by `modules.json`."""
    settings = folder / _SETTINGS
    try:
        stated = json.loads(settings.read_text(encoding="utf-8")).get("model_type") if settings.is_file() else None
    except (OSError, ValueError) as error:
        raise ModelError(f"{settings} can't be read ({error}). Save the model again.") from error
    return str(stated or ("SentenceTransformer" if (folder / "modules.json").is_file() else "CrossEncoder"))
