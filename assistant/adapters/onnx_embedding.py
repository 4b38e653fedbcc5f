"""Embedding for serving: the exported model in ONNX Runtime. Importing this never imports torch."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import tokenizers

from assistant.errors import ModelError
from assistant.types import Vectors

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "model.json"
# Tokens of one run, padding included. What a run computes must fit the processor's caches: 32 texts of 125 tokens at once take more than
# twice the time of the same texts in runs of this size (docs/adr/0008-speed.md).
_BATCH_TOKENS = 512
# A run of its own costs less than so many tokens of padding.
_MOST_PADDING = 8
_REMEDY = "Export it again: python -m ingest build"


def usable_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_model_files(folder: Path, expected: dict[str, str]) -> None:
    """Holds the files of a model folder against their hashes. Raises ModelError, naming the file that is missing or another."""
    for name, wanted in expected.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"The embedding model's file {path} is missing. {_REMEDY}")
        found = file_sha256(path)
        if found != wanted:
            raise ModelError(
                f"The embedding model's file {path} is not the one this build was made with "
                f"(SHA-256 {found[:12]}…, expected {wanted[:12]}…). Delete its folder. {_REMEDY}"
            )


def read_card(folder: Path) -> dict[str, Any]:
    """What `model.json` says. Raises ModelError where it can't be read."""
    try:
        return dict(json.loads((folder / CARD_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(f"The embedding model in {folder} can't be read ({error}). {_REMEDY}") from error


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts to run together: of like length, so that little padding is computed, and few enough tokens for one run."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        padding = len(batch) * (lengths[place] - lengths[batch[-1]]) if batch else 0
        if padding > _MOST_PADDING or (batch and (len(batch) + 1) * lengths[place] > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def model_folder(models: Path, weights_sha256: str) -> Path:
    """Where the export of the weights with this hash is kept."""
    return models / weights_sha256[:16]


class OnnxEmbedder:
    """An Embedder over a folder that holds `model.onnx`, `tokenizer.json` and their card `model.json`.

    Raises:
        ModelError: a file is missing or does not have the hash that the build recorded.
    """

    def __init__(
        self, folder: Path, *, expected_files: dict[str, str] | None = None, threads: int = 2, workers: int = 1
    ) -> None:
        """`threads` share one run; `workers` are runs at the same time, which suits many texts better."""
        card = read_card(folder)
        self.folder = folder
        self.model_id: str = card["model_id"]
        self.weights_sha256: str = card["weights_sha256"]
        self.dimensions: int = card["dimensions"]
        check_model_files(folder, expected_files or card["files"])
        self._workers = workers
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(card["max_tokens"])
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(threads, usable_cores())
        # Threads that wait busily would take the processor from other questions.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {each.name for each in self._session.get_inputs()}

    @staticmethod
    def files(folder: Path) -> dict[str, str]:
        """File names and SHA-256 of a model folder, for `build.json`."""
        return dict(read_card(folder)["files"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        token_ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        parts = list(batches([len(ids) for ids in token_ids]))
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)

        def fill(rows: list[int]) -> None:
            vectors[rows] = self._run([token_ids[row] for row in rows])

        if self._workers == 1 or len(parts) == 1:
            for rows in parts:
                fill(rows)
        else:
            with ThreadPoolExecutor(self._workers) as pool:
                list(pool.map(fill, parts))
        return vectors

    def _run(self, token_ids: list[list[int]]) -> Vectors:
        width = max(len(ids) for ids in token_ids)
        input_ids = np.zeros((len(token_ids), width), dtype=np.int64)
        mask = np.zeros_like(input_ids)
        for row, ids in enumerate(token_ids):
            input_ids[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
        feeds = {"input_ids": input_ids, "attention_mask": mask, "token_type_ids": np.zeros_like(input_ids)}
        (vectors,) = self._session.run(None, {name: feeds[name] for name in feeds if name in self._inputs})
        return np.asarray(vectors, dtype=np.float32)
