"""Embedding for serving: the exported model in ONNX Runtime. Importing this never imports torch."""

from collections.abc import Sequence
from pathlib import Path

from assistant.adapters.onnx_model import OnnxModel
from assistant.types import Vectors


class OnnxEmbedder:
    """An Embedder over an exported embedding model, whose graph gives vectors of length 1.

    Raises:
        ModelError: as OnnxModel.
    """

    def __init__(
        self, folder: Path, *, expected_files: dict[str, str] | None = None, threads: int = 2, workers: int = 1
    ) -> None:
        self._model = OnnxModel(folder, expected_files=expected_files, threads=threads, workers=workers)
        self.folder = folder
        self.model_id = self._model.card.model_id
        self.weights_sha256 = self._model.card.weights_sha256
        self.dimensions = self._model.card.dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        return self._model.run([self._model.card.query_prompt + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        return self._model.run([self._model.card.passage_prompt + text for text in texts])
