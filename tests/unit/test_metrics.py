"""Metrics for Prometheus: what is counted, who may read it, and that no label holds a text or an id."""

import re

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from test_api_serving import ID, FakeServing, make_client
from test_logs import answer_of

from api.app import create_app
from api.metrics import Metrics
from api.settings import ApiSettings
from api.store import IN_MEMORY, Store

QUESTION = "Can a supplier charge the council for its own data?"
ALLOWED = {"handler", "method", "status", "kind", "outcome", "step", "le"}


def client_at(address, **settings):
    app = create_app(FakeServing(), ApiSettings(**settings), Store(IN_MEMORY))
    return TestClient(app, base_url="http://127.0.0.1:8000", client=(address, 1))


def samples(client):
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    return [sample for family in text_string_to_metric_families(response.text) for sample in family.samples]


def value(found, name, **labels):
    return sum(each.value for each in found if each.name == name and labels.items() <= each.labels.items())


def test_answers_are_counted_with_what_they_hold():
    client = client_at("127.0.0.1", metrics="loopback")
    for _ in range(2):
        client.post("/v1/chat", json={"question": QUESTION})
    client.post("/v1/chat", json={"question": "My telephone number is 07700 900123: who calls me back?"})
    found = samples(client)
    assert value(found, "guidance_answers_total", status="answered") == 2
    assert value(found, "guidance_answers_total", status="personal_data") == 1
    assert value(found, "guidance_notices_total", kind="digest") == 2
    assert value(found, "guidance_findings_total") == 1
    assert value(found, "guidance_evidence_probability_count") == 2
    assert value(found, "guidance_step_seconds_count", step="understand") == 3
    assert value(found, "guidance_step_seconds_count", step="retrieve") == 2
    assert value(found, "http_requests_total", handler="/v1/chat", method="POST", status="200") == 3


def test_labels_are_templates_and_kinds_never_texts_or_ids():
    client = client_at("127.0.0.1", metrics="loopback")
    answer = client.post("/v1/chat", json={"question": QUESTION}).json()
    client.get(f"/v1/answers/{answer['id']}")
    client.get(f"/passages/{ID['loti-data']}", params={"quote": "secret words"})
    client.get("/no/such/secret/address")
    client.request("SECRETMETHOD", "/v1/chat")
    found = samples(client)
    labels = {text for each in found for text in each.labels.values()}
    assert {name for each in found for name in each.labels} <= ALLOWED
    assert {"/v1/answers/{answer_id}", "/passages/{passage_id}", "none", "other"} <= labels
    whole = " ".join(labels)
    assert not re.search("secret|SECRET", whole)
    assert answer["id"] not in whole
    assert ID["loti-data"] not in whole


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_not_counted(path):
    client = client_at("127.0.0.1", metrics="loopback")
    client.get(path)
    assert value(samples(client), "http_requests_total", handler=path) == 0


@pytest.mark.parametrize(
    ("setting", "address", "status"),
    [
        ("off", "127.0.0.1", 404),
        ("loopback", "127.0.0.1", 200),
        ("loopback", "::1", 200),
        ("loopback", "192.0.2.7", 404),
        ("open", "192.0.2.7", 200),
    ],
)
def test_who_may_read_them(setting, address, status):
    assert client_at(address, metrics=setting).get("/metrics").status_code == status


def test_they_are_off_unless_they_are_asked_for():
    assert ApiSettings().metrics == "off"
    assert make_client().get("/metrics").status_code == 404


def test_applications_count_apart():
    first, second = (client_at("127.0.0.1", metrics="loopback") for _ in range(2))
    first.post("/v1/chat", json={"question": QUESTION})
    assert value(samples(second), "guidance_answers_total") == 0


def test_an_answer_without_evidence_counts_none():
    metrics = Metrics()
    metrics.observe(answer_of(evidence=None))
    assert metrics.registry.get_sample_value("guidance_evidence_probability_count") == 0
    assert metrics.registry.get_sample_value("guidance_findings_total", {"kind": "misuse:contract_value"}) == 1
