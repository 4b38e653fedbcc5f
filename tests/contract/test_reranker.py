"""What every Reranker promises, over every implementation."""

from pathlib import Path

import numpy as np
import pytest
from tiny_models import make_cross_encoder, make_embedding_model

from assistant.adapters.cross_encoder import OnnxReranker
from assistant.adapters.memory import OverlapReranker
from assistant.adapters.onnx_model import read_card
from assistant.errors import ModelError
from assistant.ports import Reranker
from ingest.rerank import CrossEncoderReranker, export_reranker

QUESTION = "Who may reserve a contract below the threshold?"
TEXTS = [
    "Bread rises in a warm oven.",
    "A council may reserve a contract below the threshold.",
    "x " * 2000,
    "",
    *(f"Rule {number} on suppliers, of a length of its own {'and more ' * number}" for number in range(40)),
    "A council may reserve a contract below the threshold.",
]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    return CrossEncoderReranker(str(make_cross_encoder(tmp_path_factory.mktemp("model") / "bert")))


@pytest.fixture(scope="module")
def onnx(cross_encoder: CrossEncoderReranker, tmp_path_factory: pytest.TempPathFactory) -> OnnxReranker:
    return OnnxReranker(export_reranker(cross_encoder, tmp_path_factory.mktemp("models")))


@pytest.fixture(params=["overlap", "cross_encoder", "onnx"])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    return OverlapReranker() if request.param == "overlap" else request.getfixturevalue(request.param)


def test_every_text_gets_a_score_between_0_and_1_in_the_order_given(reranker: Reranker) -> None:
    scores = reranker.rerank(QUESTION, TEXTS)
    assert scores.shape == (len(TEXTS),)
    assert scores.dtype == np.float32
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert len(set(scores.round(3).tolist())) > 1
    np.testing.assert_allclose(scores[1], scores[-1], atol=1e-5)


def test_a_score_depends_on_its_own_text_only(reranker: Reranker) -> None:
    together = reranker.rerank(QUESTION, TEXTS)
    alone = [reranker.rerank(QUESTION, [text])[0] for text in TEXTS]
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_array_equal(together, reranker.rerank(QUESTION, TEXTS))


def test_the_question_counts(reranker: Reranker) -> None:
    other = reranker.rerank("What rises in an oven?", TEXTS)
    assert np.abs(other - reranker.rerank(QUESTION, TEXTS)).max() > 0.01


def test_no_texts_give_no_scores(reranker: Reranker) -> None:
    assert reranker.rerank(QUESTION, []).shape == (0,)


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_the_export_gives_the_scores_of_sentence_transformers(kind: str, tmp_path: Path) -> None:
    cross_encoder = CrossEncoderReranker(str(make_cross_encoder(tmp_path / kind, kind=kind)))
    onnx = OnnxReranker(export_reranker(cross_encoder, tmp_path / "models"))
    # CrossEncoder's own default for one score is the sigmoid.
    expected = cross_encoder.model.predict([(QUESTION, text) for text in TEXTS], show_progress_bar=False)
    np.testing.assert_allclose(onnx.rerank(QUESTION, TEXTS), expected, atol=1e-4)
    assert expected.std() > 0.01


def test_overlap_prefers_the_text_that_shares_words() -> None:
    assert OverlapReranker().rerank(QUESTION, TEXTS)[1] == 1
    assert OverlapReranker().rerank(QUESTION, TEXTS)[0] == 0


def test_a_changed_or_missing_file_is_refused(
    cross_encoder: CrossEncoderReranker, onnx: OnnxReranker, tmp_path: Path
) -> None:
    folder = export_reranker(cross_encoder, tmp_path)
    files = read_card(folder).files
    with pytest.raises(ModelError, match=r"tokenizer\.json is not the one .* python -m ingest build"):
        OnnxReranker(folder, expected_files={**files, "tokenizer.json": "0" * 64})
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"model\.onnx is missing"):
        OnnxReranker(folder)


def test_what_is_no_reranker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="GUIDANCE_INGEST_RERANKER names a folder with a CrossEncoder model"):
        CrossEncoderReranker(str(tmp_path / "none"))
    embedding = make_embedding_model(tmp_path / "embedding")
    with pytest.raises(ModelError, match="holds a SentenceTransformer model; GUIDANCE_INGEST_RERANKER needs"):
        CrossEncoderReranker(str(embedding))
    classes = make_cross_encoder(tmp_path / "classes", labels=3)
    with pytest.raises(ModelError, match="with 3 scores for a pair"):
        export_reranker(CrossEncoderReranker(str(classes)), tmp_path / "models")
