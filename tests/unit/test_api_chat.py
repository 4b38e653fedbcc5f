import pytest
from test_api_serving import DATA_QUOTE, FakeServing, make_client

from api.examples import ANSWER
from assistant.wire import AnswerJson


def ask(question, *, serving=None, **filters):
    body = {"question": question} | ({"filters": filters} if filters else {})
    response = make_client(serving).post("/v1/chat", json=body)
    assert response.status_code == 200, response.text
    return AnswerJson.model_validate(response.json())


def test_an_answer_quotes_a_passage_and_names_its_build():
    serving = FakeServing()
    answer = ask("Can a supplier charge the council for its own data?", serving=serving)
    assert answer.status == "answered"
    assert answer.build_id == "test-build"
    assert DATA_QUOTE in [statement.text for statement in answer.statements]
    for citation in answer.citations:
        assert citation.quote in serving.index.passages[serving.index.rows[citation.passage_id]].text


def test_without_evidence_there_is_no_answer_and_that_is_not_an_error():
    answer = ask("What is the weather in Leeds?", serving=FakeServing(evidence_threshold=1.0))
    assert (answer.status, answer.statements) == ("unanswerable", ())
    assert answer.suggestion


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        ({"publishers": ["loti"]}, {"loti-data"}),
        ({"nations": ["wales"]}, {"lga-new"}),
        ({"published_from": "2025"}, {"lga-new", "lga-hostile"}),
        ({"publishers": ["LGA"], "published_from": "2025-03", "nations": ["england"]}, {"lga-hostile"}),
    ],
)
def test_filters_limit_the_sources(filters, sources):
    answer = ask("innovation partnership wording hostile", **filters)
    assert answer.citations
    assert {citation.source_id for citation in answer.citations} <= sources


@pytest.mark.parametrize("filters", [{}, None, {"publishers": [], "nations": [], "published_from": None}])
def test_filters_may_be_left_out(filters):
    response = make_client().post("/v1/chat", json={"question": "data charges", "filters": filters})
    assert response.json()["status"] == "answered"


def test_scores_and_timings_are_not_told():
    answer = make_client().post("/v1/chat", json={"question": "data charges"}).json()
    assert set(answer) == set(AnswerJson.model_fields)


def test_the_example_is_an_answer_that_could_be_given():
    answer = AnswerJson.model_validate(ANSWER)
    assert answer.model_dump(mode="json") == ANSWER
    numbers = {citation.number: citation.quote for citation in answer.citations}
    assert [statement.text for statement in answer.statements] == [
        numbers[statement.citations[0]] for statement in answer.statements
    ]


def test_openapi_shows_the_example():
    operation = make_client().get("/openapi.json").json()["paths"]["/v1/chat"]["post"]
    assert operation["responses"]["200"]["content"]["application/json"]["example"] == ANSWER
