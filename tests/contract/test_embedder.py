"""What every Embedder promises, over every implementation."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.memory import HashEmbedder
from assistant.adapters.onnx_embedding import OnnxEmbedder
from assistant.adapters.onnx_model import CARD_FILE, MODEL_FILE, QUERY_FILE, model_files, read_card
from assistant.errors import ModelError
from assistant.ports import Embedder
from ingest.embed import SentenceTransformerEmbedder, export
from ingest.onnx_export import remove_query_graph

TEXTS = ["A pipeline notice", "Who may reserve a contract below the threshold?", "A pipeline notice", "x " * 2000, ""]
MODELS = Path(__file__).parents[2] / "data" / "models"


@pytest.fixture(scope="module")
def sentence_transformer() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="module")
def onnx(sentence_transformer: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory) -> OnnxEmbedder:
    folder = export(sentence_transformer, MODELS if MODELS.is_dir() else tmp_path_factory.mktemp("models"))
    return OnnxEmbedder(folder)


@pytest.fixture(params=["hash", "sentence_transformer", "onnx"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return HashEmbedder() if request.param == "hash" else request.getfixturevalue(request.param)


def test_vectors_have_the_shape_and_length_that_are_promised(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)


def test_the_order_is_kept_and_the_same_text_gets_the_same_vector(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-5)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(embedder.embed_passages([text])[0], vectors[row], atol=1e-3)


def test_related_texts_are_nearer_than_unrelated_ones(embedder: Embedder) -> None:
    [question] = embedder.embed_queries(["threshold for services contracts"])
    related, unrelated = embedder.embed_passages(
        [
            "The services threshold for contracts is £207,720.",
            "Bread rises in a warm oven.",
        ]
    )
    assert question @ related > question @ unrelated + 0.2


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == embedder.embed_queries([]).shape == (0, embedder.dimensions)


def test_the_export_gives_the_vectors_of_the_model(
    sentence_transformer: SentenceTransformerEmbedder, onnx: OnnxEmbedder
) -> None:
    cosines = np.sum(sentence_transformer.embed_passages(TEXTS) * onnx.embed_passages(TEXTS), axis=1)
    assert cosines.min() > 0.9999
    assert onnx.weights_sha256 == sentence_transformer.weights_sha256


def test_questions_through_eight_bits_stay_near(onnx: OnnxEmbedder) -> None:
    cosines = np.sum(onnx.embed_queries(TEXTS) * onnx.embed_passages(TEXTS), axis=1)
    assert read_card(onnx.folder).query_file == QUERY_FILE
    assert 0.99 < cosines.min() < 0.999999


def test_a_question_gets_the_same_vector_beside_any_other(onnx: OnnxEmbedder) -> None:
    together = onnx.embed_queries(TEXTS)
    for row, text in enumerate(TEXTS):
        np.testing.assert_array_equal(onnx.embed_queries([text])[0], together[row])


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))


@pytest.fixture
def own_export(onnx: OnnxEmbedder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(onnx.folder, tmp_path / "model"))


def test_a_changed_file_of_the_model_is_refused(own_export: Path) -> None:
    damage(own_export / QUERY_FILE)
    with pytest.raises(ModelError, match=r"queries\.onnx is not the one .* python -m ingest build"):
        OnnxEmbedder(own_export)


def test_a_changed_graph_for_passages_is_refused_before_a_passage_is_embedded(own_export: Path) -> None:
    damage(own_export / MODEL_FILE)
    embedder = OnnxEmbedder(own_export)
    with pytest.raises(ModelError, match=r"model\.onnx is not the one .* python -m ingest build"):
        embedder.embed_passages(["text"])


def test_a_model_that_eight_bits_change_too_much_keeps_its_own_graph(own_export: Path) -> None:
    remove_query_graph(own_export)
    embedder = OnnxEmbedder(own_export)
    assert not (own_export / QUERY_FILE).exists()
    np.testing.assert_allclose(embedder.embed_queries(TEXTS[:2]), embedder.embed_passages(TEXTS[:2]), atol=1e-3)


def test_a_changed_card_is_refused_too_for_it_holds_the_prompts(own_export: Path) -> None:
    recorded = model_files(own_export)
    OnnxEmbedder(own_export, expected_files=recorded)
    card = own_export / CARD_FILE
    card.write_bytes(card.read_bytes().replace(b'"max_tokens": 256', b'"max_tokens": 128'))
    with pytest.raises(ModelError, match=r"model\.json is not the one"):
        OnnxEmbedder(own_export, expected_files=recorded)


def test_a_missing_model_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="python -m ingest build"):
        OnnxEmbedder(tmp_path)
