"""The record of an answer over HTTP. What stands in it: test_file_note.py."""

import pytest
from test_api_conversations import become, problem
from test_api_serving import DATA_QUOTE, make_client

from api.file_note.html import POLICY

QUESTION = "Can a supplier charge the council for its own data?"


@pytest.fixture
def client():
    return make_client()


def note(client, **query):
    answer = client.post("/v1/chat", json={"question": QUESTION}).json()
    return client.get(f"/v1/answers/{answer['id']}/file-note", params=query), answer


@pytest.mark.parametrize(
    ("query", "media_type", "disposition", "ending"),
    [
        ({}, "text/markdown; charset=utf-8", "attachment", "md"),
        ({"format": "markdown"}, "text/markdown; charset=utf-8", "attachment", "md"),
        ({"format": "html"}, "text/html; charset=utf-8", "inline", "html"),
        (
            {"format": "docx"},
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "attachment",
            "docx",
        ),
    ],
)
def test_each_format_has_its_type_and_name(client, query, media_type, disposition, ending):
    response, answer = note(client, **query)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Cache-Control"] == "no-store"
    how, _, name = response.headers["Content-Disposition"].partition("; filename=")
    assert how == disposition
    assert name.strip('"').endswith(f"-{answer['id'][:8]}.{ending}")


def test_it_holds_the_answer(client):
    response, answer = note(client)
    assert answer["id"] in response.text
    assert DATA_QUOTE in response.text


def test_the_same_answer_has_the_same_record(client):
    response, answer = note(client)
    assert client.get(f"/v1/answers/{answer['id']}/file-note").content == response.content


def test_the_page_has_a_policy_of_its_own(client):
    response, _ = note(client, format="html")
    assert response.headers.get_list("Content-Security-Policy") == [f"{POLICY}; frame-ancestors 'none'"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_another_format_is_refused(client):
    response, _ = note(client, format="pdf")
    assert response.status_code == 422
    assert problem(response) == "request-invalid"


def test_nobody_else_gets_it(client):
    _, answer = note(client)
    become(client, "somebody-else")
    response = client.get(f"/v1/answers/{answer['id']}/file-note")
    assert problem(response) == "answer-not-found"


def test_a_question_with_personal_data_has_none(client):
    answer = client.post("/v1/chat", json={"question": "My telephone number is 07700 900123: who calls?"}).json()
    assert problem(client.get(f"/v1/answers/{answer['id']}/file-note")) == "answer-not-found"
