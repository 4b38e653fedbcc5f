from dataclasses import fields

import pytest
from test_api_serving import ID, SOURCES, TEXTS, make_client

from assistant.types import Source

PASSAGES = sum(len(section) for sections in TEXTS.values() for section in sections.values())


def get(path):
    response = make_client().get(path)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_corpus_in_numbers():
    assert get("/v1/corpus") == {
        "build_id": "test-build",
        "created": "2026-11-22T12:00:00+00:00",
        "sources": 4,
        "passages": PASSAGES,
        "publishers": {"LGA": 3, "LOTI": 1},
        "statuses": {"current": 3, "superseded": 1},
    }


def test_sources_come_with_every_field_and_the_build():
    listed = get("/v1/sources")
    assert listed["build_id"] == "test-build"
    assert [source["id"] for source in listed["sources"]] == [source.id for source in SOURCES]
    assert set(listed["sources"][0]) == {field.name for field in fields(Source)}
    assert listed["sources"][1]["review_by"] == "2018-01-31"
    assert listed["sources"][1]["superseded_by"] == ["lga-new"]


@pytest.mark.parametrize(("publisher", "count"), [("LGA", 3), ("loti", 1), ("techUK", 0), ("", 0)])
def test_sources_of_one_publisher(publisher, count):
    assert len(get(f"/v1/sources?publisher={publisher}")["sources"]) == count


def test_one_source_and_its_passages():
    found = get("/v1/sources/loti-data")
    assert found["source"]["title"] == "Data wording"
    texts = [get(f"/v1/passages/{passage_id}")["text"] for passage_id in found["passage_ids"]]
    assert texts == [text for section in TEXTS["loti-data"].values() for text in section]


def test_a_passage_with_its_neighbours():
    first, second, third = get("/v1/sources/loti-data")["passage_ids"]
    passage = get(f"/v1/passages/{second}")
    assert passage["source"] == get("/v1/sources/loti-data")["source"]
    del passage["source"]
    assert passage == {
        "id": second,
        "text": "The wording is free to use.",
        "heading_path": ["Charges for data"],
        "page": None,
        "position": 1,
        "previous_passage_id": first,
        "next_passage_id": third,
        "build_id": "test-build",
    }
    assert get(f"/v1/passages/{first}")["previous_passage_id"] is None
    assert get(f"/v1/passages/{third}")["next_passage_id"] is None


def test_an_id_may_be_percent_encoded():
    assert get(f"/v1/passages/{ID['loti-data'].replace(':', '%3A')}")["id"] == ID["loti-data"]


@pytest.mark.parametrize(
    "path", ["/v1/sources/nobody", "/v1/passages/loti-data:0", "/v1/passages/%00", "/v1/passages/%ff"]
)
def test_what_is_not_held_is_404(path):
    response = make_client().get(path)
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/not-held"
