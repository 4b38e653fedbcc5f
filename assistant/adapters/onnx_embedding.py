"""Embedding for serving: the exported model in ONNX Runtime. Importing this never imports torch."""

import hashlib
import json
from collections.abc import Sequence
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
_BATCH = 32
_REMEDY = "Export it again: python -m ingest build"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_folder(models: Path, weights_sha256: str) -> Path:
    """Where the export of the weights with this hash is kept."""
    return models / weights_sha256[:16]


class OnnxEmbedder:
    """An Embedder over a folder that holds `model.onnx`, `tokenizer.json` and their card `model.json`.

    Raises:
        ModelError: a file is missing or does not have the hash that the build recorded.
    """

    def __init__(self, folder: Path, *, expected_files: dict[str, str] | None = None, threads: int = 2) -> None:
        try:
            card: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelError(f"The embedding model in {folder} can't be read ({error}). {_REMEDY}") from error
        self.folder = folder
        self.model_id: str = card["model_id"]
        self.weights_sha256: str = card["weights_sha256"]
        self.dimensions: int = card["dimensions"]
        for name, expected in (expected_files or card["files"]).items():
            self._check_file(folder / name, expected)
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(card["max_tokens"])
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {each.name for each in self._session.get_inputs()}

    @staticmethod
    def files(folder: Path) -> dict[str, str]:
        """File names and SHA-256 of a model folder, for `build.json`."""
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        return dict(card["files"])

    @staticmethod
    def _check_file(path: Path, expected: str) -> None:
        if not path.is_file():
            raise ModelError(f"The embedding model's file {path} is missing. {_REMEDY}")
        found = file_sha256(path)
        if found != expected:
            raise ModelError(
                f"The embedding model's file {path} is not the one this build was made with "
                f"(SHA-256 {found[:12]}…, expected {expected[:12]}…). Delete its folder. {_REMEDY}"
            )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder. Batches hold texts of like length, so that little padding is computed."""
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            vectors[rows] = self._run([encodings[i].ids for i in rows])
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
