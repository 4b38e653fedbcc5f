"""A cross-encoder at ingest, through sentence-transformers, and its export for serving."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.adapters.cross_encoder import OnnxReranker
from assistant.adapters.onnx_model import MODEL_FILE, ModelCard, model_files, model_folder
from assistant.build_info import RerankerInfo
from assistant.errors import ModelError
from assistant.types import Scores
from ingest.model_folder import loading, model_sha256, require_model
from ingest.onnx_export import install, is_exported

SETTING = "GUIDANCE_INGEST_RERANKER"
BATCH = 32
# Least agreement with sentence-transformers, on a scale from 0 to 1.
_SAME = 0.001


class CrossEncoderReranker:
    """A Reranker over sentence-transformers' CrossEncoder. Torch is imported when it is first used."""

    def __init__(self, model: str) -> None:
        self.folder = Path(model)
        require_model(self.folder, SETTING, "CrossEncoder")
        self.model_id = self.folder.name
        self.weights_sha256 = model_sha256(self.folder)
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The loaded CrossEncoder. Never asks a model hub."""
        if self._model is None:
            with loading(self.folder) as library:
                model = library.CrossEncoder(
                    str(self.folder), device="cpu", local_files_only=True, trust_remote_code=False
                )
            _refuse_unsupported(model, self.model_id)
            self._model = model.eval()
        return self._model

    def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """See assistant.ports.Reranker. Whatever activation the model was saved with, scores are sigmoids of its logits."""
        from torch.nn import Sigmoid

        pairs = [(question, text) for text in texts]
        scores = self.model.predict(pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=Sigmoid())
        return np.asarray(scores, dtype=np.float32)


def _refuse_unsupported(model: Any, model_id: str) -> None:
    kinds = [type(module).__name__ for module in model]
    if kinds[0] != "Transformer" or "LogitScore" in kinds or model.num_labels != 1:
        raise ModelError(
            f"{model_id} is made of {', '.join(kinds)} with {model.num_labels} scores for a pair. "
            "Choose a cross-encoder that classifies a sequence and gives one score."
        )
    if not model.max_seq_length:
        raise ModelError(f"{model_id} does not say how many tokens it reads. Set max_seq_length and save it again.")
    if model.default_prompt_name:
        raise ModelError(f"{model_id} puts a prompt before its texts, which is not supported. Choose another one.")


def export_reranker(reranker: CrossEncoderReranker, models: Path) -> Path:
    """Exports the cross-encoder to ONNX, with its scores from 0 to 1, once. Returns its folder.

    Raises:
        ModelError: the export does not give the scores that sentence-transformers gives.
    """
    folder = model_folder(models, reranker.weights_sha256)
    if is_exported(folder):
        return folder
    card = ModelCard(
        model_id=reranker.model_id,
        weights_sha256=reranker.weights_sha256,
        dimensions=1,
        max_tokens=int(reranker.model.max_seq_length),
        padding_id=int(reranker.model.tokenizer.pad_token_id or 0),
        query_file=MODEL_FILE,
        files={},
    )
    install(
        folder,
        reranker.model,
        card,
        sample=[("a question?", "a short text"), ("another one?", "another text, of another length")],
        to_output=lambda features: features["scores"].sigmoid().reshape(-1, 1),
        complete=lambda partial: _check_export(reranker, partial),
    )
    return folder


def describe_reranker(model: str | None, models: Path) -> RerankerInfo | None:
    """Exports the reranker that was set, and says what `build.json` says of it; None where none was set."""
    if model is None:
        return None
    reranker = CrossEncoderReranker(model)
    folder = export_reranker(reranker, models)
    return RerankerInfo(
        model_id=reranker.model_id, weights_sha256=reranker.weights_sha256, model_files=model_files(folder)
    )


def _check_export(reranker: CrossEncoderReranker, folder: Path) -> None:
    question = "Who may reserve a contract?"
    texts = ["Pipeline notice", "Café LONDON: £207,720", "A council may reserve a contract for local suppliers. " * 20]
    off = float(np.abs(reranker.rerank(question, texts) - OnnxReranker(folder).rerank(question, texts)).max())
    if off > _SAME:
        raise ModelError(
            f"The exported reranker differs from {reranker.model_id} (by {off:.4f}). It was not installed."
        )
