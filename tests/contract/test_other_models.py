"""Any sentence-transformers model may embed: its export gives the vectors that the library gives, prompts included."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_models import make_embedding_model

from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import read_card
from assistant.errors import ModelError
from ingest.embed import NEAR_VECTOR, SAME_VECTOR, SentenceTransformerEmbedder, cautions, export

TEXTS = ["A pipeline notice", "Who may RESERVE a contract?", "who may reserve a contract?", "x " * 2000, "", "Café £1"]
PROMPTS = {"query": "query: ", "passage": "passage: "}


@pytest.mark.parametrize(
    "made",
    [
        {"tokens": 384},
        {"pooling": "cls", "tokens": 64, "normalise": False},
        {"lower": False, "dense": 48},
        {"kind": "roberta", "pooling": "lasttoken", "prompts": PROMPTS},
    ],
    ids=["mean-384", "cls-64-not-normalised", "cased-dense-48", "roberta-last-token-prompts"],
)
def test_the_export_of_any_model_gives_its_vectors(made: dict[str, Any], tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(make_embedding_model(tmp_path / "model", **made)))
    folder = export(embedder, tmp_path / "models")
    onnx, card = OnnxEmbedder(folder), read_card(folder)
    assert onnx.dimensions == made.get("dense", 32)
    assert card.max_tokens == made.get("tokens", 256)
    prompts = made.get("prompts", {})
    # Questions go through weights of 8 bits where those stay near.
    for found, prompt, least in (
        (onnx.embed_queries(TEXTS), prompts.get("query", ""), NEAR_VECTOR),
        (onnx.embed_passages(TEXTS), prompts.get("passage", ""), SAME_VECTOR),
    ):
        expected = embedder.model.encode([prompt + text for text in TEXTS], normalize_embeddings=True)
        assert np.sum(found * expected, axis=1).min() >= least
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-4)
    vectors = onnx.embed_passages(TEXTS)
    # Models that differ in nothing would pass all of the above: case and prompts count where the model minds them.
    assert np.allclose(vectors[1], vectors[2], atol=1e-4) == (made.get("lower", True) and made.get("kind") != "roberta")
    assert bool(np.sum(vectors * onnx.embed_queries(TEXTS), axis=1).min() >= NEAR_VECTOR) == (not prompts)
    assert vectors[0] @ vectors[1] < 0.99


def test_the_same_weights_with_other_pooling_or_prompts_are_another_model(tmp_path: Path) -> None:
    made = make_embedding_model(tmp_path / "made")
    for name in ("moved", "cls", "prompted"):
        shutil.copytree(made, tmp_path / name)
    (tmp_path / "moved" / "README.md").write_text("Other words.", encoding="utf-8")
    edit(tmp_path / "cls" / "1_Pooling" / "config.json", pooling_mode="cls")
    edit(tmp_path / "prompted" / "config_sentence_transformers.json", prompts=PROMPTS)
    hashes = {
        name: SentenceTransformerEmbedder(str(tmp_path / name)).weights_sha256
        for name in ("made", "moved", "cls", "prompted")
    }
    assert hashes["made"] == hashes["moved"]
    assert len(set(hashes.values())) == 3


def test_a_model_of_ones_own_comes_with_a_caution_and_the_pinned_one_with_none(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(make_embedding_model(tmp_path / "short", tokens=64)))
    card = read_card(export(embedder, tmp_path / "models"))
    uncalibrated, short = cautions(embedder, card, None)
    assert "short is not the model that the evidence" in uncalibrated
    assert "reads 64 tokens" in short
    assert list(cautions(SentenceTransformerEmbedder(), card, None)) == []


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_embedding_model(tmp_path_factory.mktemp("made") / "prompted", prompts=PROMPTS)


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "model.safetensors").unlink(), "holds no weights in safetensors format"),
        (
            lambda folder: (folder / "1_Pooling" / "pytorch_model.bin").write_bytes(b"pickle"),
            r"pytorch_model\.bin is not in safetensors format",
        ),
        (
            lambda folder: edit(folder / "config_sentence_transformers.json", model_type="CrossEncoder"),
            "holds a CrossEncoder model; GUIDANCE_INGEST_MODEL needs a SentenceTransformer model",
        ),
        (lambda folder: (folder / "config_sentence_transformers.json").write_text("{"), "can't be read"),
        (lambda folder: (folder / "config.json").write_text("{"), "can't be loaded"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\0" * 100), "can't be loaded"),
        (
            lambda folder: edit(folder / "1_Pooling" / "config.json", include_prompt=False),
            "leaves its prompts out of pooling",
        ),
    ],
    ids=["no-weights", "pickle", "cross-encoder", "settings", "config", "weights", "include-prompt"],
)
def test_a_model_that_cannot_be_used_is_refused_with_the_reason(
    change: Any, message: str, prompted: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(prompted, tmp_path / "model"))
    change(folder)
    with pytest.raises(ModelError, match=message):
        export(SentenceTransformerEmbedder(str(folder)), tmp_path / "models")
    assert not any((tmp_path / "models").glob("*/model.json"))
