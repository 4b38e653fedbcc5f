"""Embedding for serving: the exported model in ONNX Runtime. Importing this never imports torch."""

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from assistant.adapters.onnx_model import MODEL_FILE, OnnxModel, read_card
from assistant.types import Vectors


class OnnxEmbedder:
    """An Embedder over an exported embedding model, whose graphs give vectors of length 1.

    Raises:
        ModelError: as OnnxModel, for questions at once, for passages when the first is embedded: serving never needs that graph.
    """

    def __init__(
        self, folder: Path, *, expected_files: dict[str, str] | None = None, threads: int = 2, workers: int = 1
    ) -> None:
        self.folder = folder
        self._open = partial(OnnxModel, folder, expected_files=expected_files, threads=threads, workers=workers)
        self._card = read_card(folder)
        self._queries = self._open(graph=self._card.query_file)
        self.model_id = self._card.model_id
        self.weights_sha256 = self._card.weights_sha256
        self.dimensions = self._card.dimensions

    @cached_property
    def _passages(self) -> OnnxModel:
        return self._queries if self._card.query_file == MODEL_FILE else self._open(graph=MODEL_FILE)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder. Each by itself: what 8 bits make of a text depends on what else is in the same run."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._queries.run([self._card.query_prompt + text])
        return vectors

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        return self._passages.run([self._card.passage_prompt + text for text in texts])
