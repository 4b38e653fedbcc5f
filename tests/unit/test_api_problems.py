"""Errors are problem documents (RFC 9457) whose words help."""

import re
from pathlib import Path

import pytest
from test_api_serving import make_client

from api.problems import ProblemJson

ROOT = Path(__file__).parents[2]
JSON = {"Content-Type": "application/json"}


def ask(**body):
    return make_client().post("/v1/chat", json=body)


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        ("  \u200b ", "question-empty", "The question is empty."),
        ("word " * 600, "question-too-long", "2,999 characters; at most 2,000"),
        ("?!? 42", "question-without-words", "holds no words"),
    ],
)
def test_a_question_that_can_not_be_used(question, code, words):
    response = ask(question=question)
    assert response.status_code == 422
    problem = ProblemJson.model_validate(response.json())
    assert problem.type == f"/problems/{code}"
    assert words in problem.detail


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "question", "is missing"),
        ({"question": 7}, "question", "must be text"),
        ({"question": "Why?", "colour": "red"}, "colour", "is not a field of this request"),
        ({"question": "Why?", "filters": {"nations": ["france"]}}, "filters.nations.0", "must be one of 'england'"),
        ({"question": "Why?", "filters": {"publishers": "LGA"}}, "filters.publishers", "must be a list"),
        ({"question": "Why?", "filters": {"published_from": "2025-13"}}, "filters.published_from", "must be a date"),
        ({"question": "Why?", "filters": {"published_from": "0000"}}, "filters.published_from", "must be a date"),
        ({"question": "Why?", "filters": {"published_from": "2025-02-30"}}, "filters.published_from", "must be a date"),
        ({"question": "Why?", "filters": []}, "filters", "must be a JSON object"),
        (["question"], "body", "must be a JSON object"),
    ],
)
def test_validation_names_the_field_and_what_is_wrong(body, field, words):
    response = make_client().post("/v1/chat", json=body)
    problem = ProblemJson.model_validate(response.json())
    assert (response.status_code, problem.type) == (422, "/problems/request-invalid")
    assert problem.errors[0].field == field
    assert words in problem.errors[0].problem
    assert f"{field} {problem.errors[0].problem}." in problem.detail


def test_what_was_sent_is_not_repeated():
    assert "AB123456C" not in ask(question=["my number is AB123456C"]).text


def test_invalid_json_says_where():
    response = make_client().post("/v1/chat", content=b'{"question": ', headers=JSON)
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/json-invalid"
    assert "at character 13" in response.json()["detail"]


@pytest.mark.parametrize("content", [b'{"question": "\xff"}', b"[" * 60_000])
def test_a_body_that_can_not_be_read(content):
    response = make_client().post("/v1/chat", content=content, headers=JSON)
    assert response.status_code == 400
    assert response.json()["type"] == "/problems/body-unreadable"


@pytest.mark.parametrize(
    "content", [b'{"question": "Why? \\ud800"}', b'{"question": "Why?", "\\ud800": 1}', b"NaN", b"null"]
)
def test_odd_json_is_the_caller_s_error(content):
    response = make_client().post("/v1/chat", content=content, headers=JSON)
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/request-invalid"


def test_a_body_that_is_not_declared_as_json_is_not_read():
    # A web page of another origin can send text/plain, but not application/json, without asking first.
    response = make_client().post("/v1/chat", content=b'{"question": "data?"}', headers={"Content-Type": "text/plain"})
    assert response.status_code == 422
    assert "Content-Type: application/json" in response.json()["detail"]


def test_a_wrong_method_says_which_is_right():
    response = make_client().get("/v1/chat")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert response.json()["type"] == "/problems/method-not-allowed"


def test_a_wrong_method_is_told_all_that_are_right():
    response = make_client().post("/v1/conversations/none")
    assert response.status_code == 405
    assert response.headers["Allow"] == "DELETE, GET"


def test_a_person_in_a_browser_gets_a_page():
    response = make_client().get(
        "/passages/lga-gone:0", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    )
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Not held" in response.text
    assert response.headers["X-Request-Id"] in response.text
    assert int(response.headers["Content-Length"]) == len(response.content)


def test_the_api_answers_a_browser_in_json_too():
    response = make_client().get("/v1/passages/lga-gone:0", headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_error_page_escapes():
    page = make_client().get("/passages/<script>alert(1)<%2Fscript>", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "<script>alert" not in page.text


def test_a_long_name_is_cut():
    problem = ProblemJson.model_validate(ask(question="Why?", **{"k" * 5_000: 1}).json())
    assert problem.errors[0].field == "k" * 60


def test_half_a_surrogate_pair_is_named_as_what_is_wrong():
    response = make_client().post("/v1/chat", content=b'{"question": "Why?", "\\ud800": 1}', headers=JSON)
    assert response.json()["detail"] == "body must be text in valid Unicode."


def test_a_slash_too_many_leads_nowhere():
    # A redirect would repeat the Host header that was sent, and lose the body.
    assert make_client().get("/v1/sources/", follow_redirects=False).status_code == 404


def test_every_type_of_problem_is_documented():
    sources = [*(ROOT / "api").rglob("*.py"), ROOT / "assistant" / "query.py"]
    pattern = r'(?:type_ ?= ?|QuestionError\(\s*|\d{3}: \()"([a-z-]+)"'
    types = {name for path in sources for name in re.findall(pattern, path.read_text(encoding="utf-8"))}
    assert {"internal", "not-held", "body-too-large", "question-empty"} <= types
    documented = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
    assert [name for name in sorted(types) if f"`/problems/{name}`" not in documented] == []


def test_openapi_describes_problems():
    schema = make_client().get("/openapi.json").json()
    answers = schema["paths"]["/v1/chat"]["post"]["responses"]
    assert answers["422"]["content"]["application/problem+json"]["schema"] == {
        "$ref": "#/components/schemas/ProblemJson"
    }
    assert set(schema["components"]["schemas"]["ProblemJson"]["required"]) == {
        "type",
        "title",
        "status",
        "detail",
        "request_id",
    }
    assert "HTTPValidationError" not in schema["components"]["schemas"]
    for status in ("413", "422", "503"):
        ProblemJson.model_validate(answers[status]["content"]["application/problem+json"]["example"])
