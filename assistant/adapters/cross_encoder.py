"""Reranking for serving: an exported cross-encoder in ONNX Runtime. Importing this never imports torch."""

from collections.abc import Sequence
from pathlib import Path

from assistant.adapters.onnx_model import OnnxModel
from assistant.types import Scores


class OnnxReranker:
    """A Reranker over an exported cross-encoder, whose graph gives one score from 0 to 1 for a pair of texts.

    Raises:
        ModelError: as OnnxModel.
    """

    def __init__(self, folder: Path, *, expected_files: dict[str, str] | None = None, threads: int = 2) -> None:
        self._model = OnnxModel(folder, expected_files=expected_files, threads=threads)

    def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """See assistant.ports.Reranker."""
        return self._model.run([(question, text) for text in texts])[:, 0]
