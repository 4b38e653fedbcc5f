"""What every PassageIndex promises, over every implementation."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.chroma import open_folder
from assistant.adapters.memory import MemoryPassageIndex
from assistant.errors import BuildError
from assistant.ports import PassageIndex

COUNT, DIMENSIONS = 450, 16


def unit_vectors(count: int) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=["memory", "chroma"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PassageIndex]:
    if request.param == "memory":
        yield MemoryPassageIndex()
        return
    chroma = open_folder(tmp_path / "chroma", create=True)
    yield chroma
    chroma.close()


@pytest.fixture
def filled(index: PassageIndex) -> PassageIndex:
    ids = [f"s{row % 3}:{row}" for row in range(COUNT)]
    index.add(
        ids, unit_vectors(COUNT), [f"text {row}" for row in range(COUNT)], [f"s{row % 3}" for row in range(COUNT)]
    )
    return index


def test_every_passage_is_stored_and_finds_itself(filled: PassageIndex) -> None:
    assert filled.count() == COUNT
    assert filled.ids() == {f"s{row % 3}:{row}" for row in range(COUNT)}
    for row, vector in enumerate(unit_vectors(COUNT)):
        [(found, cosine)] = filled.query(vector, 1)
        assert found == f"s{row % 3}:{row}"
        assert cosine == pytest.approx(1.0, abs=1e-3)


def test_results_are_the_true_nearest_best_first(filled: PassageIndex) -> None:
    vectors, question = unit_vectors(COUNT), unit_vectors(COUNT + 1)[-1]
    cosines = vectors @ question
    expected = [f"s{row % 3}:{row}" for row in np.argsort(-cosines)[:10]]
    found = filled.query(question, 10)
    assert [id_ for id_, _ in found] == expected
    np.testing.assert_allclose([cosine for _, cosine in found], np.sort(cosines)[::-1][:10], atol=1e-4)


def test_a_search_may_be_limited_to_sources(filled: PassageIndex) -> None:
    found = filled.query(unit_vectors(1)[0], 20, ["s1"])
    assert len(found) == 20
    assert all(id_.startswith("s1:") for id_, _ in found)
    assert filled.query(unit_vectors(1)[0], 20, []) == []


def test_asking_for_more_than_there_is_gives_all(filled: PassageIndex) -> None:
    assert len(filled.query(unit_vectors(1)[0], COUNT * 2)) == COUNT


def test_an_empty_index_finds_nothing(index: PassageIndex) -> None:
    assert index.count() == 0
    assert index.query(unit_vectors(1)[0], 5) == []


def test_an_id_is_stored_once(filled: PassageIndex) -> None:
    with pytest.raises(ValueError, match="once"):
        filled.add(["s0:0"], unit_vectors(1), ["again"], ["s0"])
    with pytest.raises(ValueError, match="once"):
        filled.add(["new", "new"], unit_vectors(2), ["a", "b"], ["s0", "s0"])
    assert filled.count() == COUNT


def test_equal_scores_come_in_a_stable_order(index: PassageIndex) -> None:
    vector = unit_vectors(1)
    index.add(["b", "a", "c"], np.repeat(vector, 3, axis=0), ["t", "t", "t"], ["s", "s", "s"])
    assert [id_ for id_, _ in index.query(vector[0], 3)] == ["a", "b", "c"]


def test_a_chroma_folder_that_is_missing_or_damaged_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="python -m ingest build"):
        open_folder(tmp_path / "none")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "chroma.sqlite3").write_bytes(b"not a database at all" * 50)
    with pytest.raises(BuildError, match="python -m ingest build"):
        open_folder(tmp_path / "broken")


def test_several_searches_at_once_find_what_each_finds_alone(filled: PassageIndex) -> None:
    vectors = unit_vectors(COUNT + 3)[-3:]
    for sources in (None, ["s1", "s2"], []):
        together = filled.query_each(vectors, 10, sources)
        assert [[id_ for id_, _ in found] for found in together] == [
            [id_ for id_, _ in filled.query(vector, 10, sources)] for vector in vectors
        ]
    assert filled.query_each(vectors[:0], 10) == []
