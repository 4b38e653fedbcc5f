"""An exported model with its tokenizer, run by ONNX Runtime. Importing this never imports torch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import tokenizers
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from assistant.errors import ModelError

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "model.json"
_BATCH = 32
_REMEDY = "Export it again: python -m ingest build"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What `model.json` says of an export. `dimensions` is the length of a row that the graph gives; `files` are SHA-256 by name.

    The prompts are put before a question and before a passage; a model that wants none has empty ones.
    """

    model_id: str
    weights_sha256: str
    dimensions: int
    max_tokens: int
    files: dict[str, str]
    padding_id: int = 0
    query_prompt: str = ""
    passage_prompt: str = ""


CARD = TypeAdapter(ModelCard)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_folder(models: Path, weights_sha256: str) -> Path:
    """Where the export of the weights with this hash is kept."""
    return models / weights_sha256[:16]


def read_card(folder: Path) -> ModelCard:
    """The card of an export. Raises ModelError where it can't be read."""
    try:
        return CARD.validate_json((folder / CARD_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(f"The model in {folder} can't be read ({error}). {_REMEDY}") from error


def model_files(folder: Path) -> dict[str, str]:
    """File names and SHA-256 of an export, its card among them, for `build.json`."""
    return {**read_card(folder).files, CARD_FILE: file_sha256(folder / CARD_FILE)}


class OnnxModel:
    """A folder that holds `model.onnx`, `tokenizer.json` and their card `model.json`, opened.

    Raises:
        ModelError: a file is missing or does not have the hash that the build recorded.
    """

    def __init__(self, folder: Path, *, expected_files: dict[str, str] | None = None, threads: int = 2) -> None:
        self.folder = folder
        self.card = read_card(folder)
        for name, expected in (expected_files or self.card.files).items():
            _check_file(folder / name, expected)
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(self.card.max_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {each.name for each in self._session.get_inputs()}

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """One row of numbers a text, or a pair of texts, in the order given: (len(texts), dimensions).

        Batches hold texts of like length, so that little padding is computed.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        rows = np.zeros((len(texts), self.card.dimensions), dtype=np.float32)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            rows[batch] = self._run([encodings[i] for i in batch])
        return rows

    def _run(self, encodings: Sequence[tokenizers.Encoding]) -> NDArray[np.float32]:
        shape = (len(encodings), max(len(each.ids) for each in encodings))
        feeds = {
            "input_ids": np.full(shape, self.card.padding_id, dtype=np.int64),
            "attention_mask": np.zeros(shape, dtype=np.int64),
            "token_type_ids": np.zeros(shape, dtype=np.int64),
        }
        for row, each in enumerate(encodings):
            feeds["input_ids"][row, : len(each.ids)] = each.ids
            feeds["attention_mask"][row, : len(each.ids)] = 1
            feeds["token_type_ids"][row, : len(each.ids)] = each.type_ids
        (found,) = self._session.run(None, {name: feeds[name] for name in feeds if name in self._inputs})
        return np.asarray(found, dtype=np.float32)


def _check_file(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelError(f"The model's file {path} is missing. {_REMEDY}")
    found = file_sha256(path)
    if found != expected:
        raise ModelError(
            f"The model's file {path} is not the one this build was made with "
            f"(SHA-256 {found[:12]}…, expected {expected[:12]}…). Delete its folder. {_REMEDY}"
        )
