"""An exported model with its tokenizer, run by ONNX Runtime. Importing this never imports torch."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
# The same graph with weights of 8 bits, for questions: less than half the time (docs/adr/0018-eight-bit-questions.md).
QUERY_FILE = "queries.onnx"
# Tokens of one run, padding included. What a run computes must fit the processor's caches: 32 texts of 125 tokens at once take more than
# twice the time of the same texts in runs of this size (docs/adr/0008-speed.md).
_BATCH_TOKENS = 512
# A run of its own costs less than so many tokens of padding.
_MOST_PADDING = 8
_REMEDY = "Export it again: python -m ingest build"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What `model.json` says of an export. `dimensions` is the length of a row that the graph gives; `files` are SHA-256 by name.

    The prompts are put before a question and before a passage; a model that wants none has empty ones. `query_file` is the graph that
    questions go through.
    """

    model_id: str
    weights_sha256: str
    dimensions: int
    max_tokens: int
    query_file: str
    files: dict[str, str]
    padding_id: int = 0
    query_prompt: str = ""
    passage_prompt: str = ""


CARD = TypeAdapter(ModelCard)


def usable_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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


def check_model_files(folder: Path, expected: dict[str, str]) -> None:
    """Holds the files of a model folder against their hashes. Raises ModelError, naming the file that is missing or another."""
    for name, wanted in expected.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"The model's file {path} is missing. {_REMEDY}")
        found = file_sha256(path)
        if found != wanted:
            raise ModelError(
                f"The model's file {path} is not the one this build was made with "
                f"(SHA-256 {found[:12]}…, expected {wanted[:12]}…). Delete its folder. {_REMEDY}"
            )


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

    def __init__(
        self,
        folder: Path,
        *,
        graph: str = MODEL_FILE,
        expected_files: dict[str, str] | None = None,
        threads: int = 2,
        workers: int = 1,
    ) -> None:
        """`graph` is the file to run. `threads` share one run; `workers` are runs at the same time, which suits many texts better."""
        self.folder = folder
        self.card = read_card(folder)
        other = {MODEL_FILE, QUERY_FILE} - {graph}
        expected = expected_files or self.card.files
        check_model_files(folder, {name: sha256 for name, sha256 in expected.items() if name not in other})
        self._workers = workers
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(self.card.max_tokens)
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(threads, usable_cores())
        # Threads that wait busily would take the processor from other questions.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / graph), options, providers=["CPUExecutionProvider"])
        self._inputs = {each.name for each in self._session.get_inputs()}

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """One row of numbers a text, or a pair of texts, in the order given: (len(texts), dimensions)."""
        encodings = self._tokenizer.encode_batch(list(texts))
        parts = list(batches([len(each.ids) for each in encodings]))
        rows = np.zeros((len(texts), self.card.dimensions), dtype=np.float32)

        def fill(places: list[int]) -> None:
            rows[places] = self._run([encodings[place] for place in places])

        if self._workers == 1 or len(parts) == 1:
            for places in parts:
                fill(places)
        else:
            with ThreadPoolExecutor(self._workers) as pool:
                list(pool.map(fill, parts))
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
