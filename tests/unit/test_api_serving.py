"""The server with and without a build. Also what the other tests of the API start from: a serving assistant in memory."""

import logging
from datetime import date

import pytest
from fastapi.testclient import TestClient
from index_builder import build_index, make_source

from api.app import create_app
from api.settings import ApiSettings
from api.store import IN_MEMORY, Store
from assistant.adapters.memory import HashEmbedder
from assistant.answer import Assistant
from assistant.assembly import ServingAssistant
from assistant.errors import BuildError, ModelError
from assistant.index import Index
from assistant.settings import AssistantSettings
from assistant.types import ContentKind, LegalRegime, Nation, SourceStatus

DATA_QUOTE = "A supplier may not charge the council to get its own data out."
SOURCES = (
    make_source("loti-data", publisher="LOTI", title="Data wording", published="2020-11"),
    make_source(
        "lga-old",
        publisher="LGA",
        title="Old procurement guide",
        published="2017",
        status=SourceStatus.SUPERSEDED,
        superseded_by=("lga-new",),
        legal_regime=LegalRegime.PCR_2015,
        review_by=date(2018, 1, 31),
    ),
    make_source("lga-new", title="New procurement guide", content=ContentKind.ORIGINAL, nations=(Nation.WALES,)),
    make_source("lga-hostile", title="<script>alert(1)</script>", url="javascript:alert(1)"),
)
TEXTS = {
    "loti-data": {
        "Charges for data": [f"LOTI drew up wording on exit. {DATA_QUOTE} Ask early.", "The wording is free to use."],
        "Themes": ["The wording has three themes:\n- exit\n- open formats\n- charges\nUse them all."],
    },
    "lga-old": {"Innovation": ["An innovation partnership may be run under the old rules."]},
    "lga-new": {"Innovation": ["The competitive flexible procedure replaced the innovation partnership."]},
    "lga-hostile": {"<b>Heading</b>": ["Ampersands & <i>angles</i> \" ' are text of hostile manifests."]},
}
ID = {source_id: build_index(SOURCES, {source_id: texts}).passages[0].id for source_id, texts in TEXTS.items()}


class FakeServing(ServingAssistant):
    """Serves an index in memory; `error` is what opening it fails with instead."""

    def __init__(
        self, index: Index | None = None, *, evidence_threshold: float = 0.0, error: Exception | None = None
    ) -> None:
        super().__init__(AssistantSettings())
        self.index = index or build_index(SOURCES, TEXTS)
        self.error = error
        self.opened = 0
        self._evidence_threshold = evidence_threshold

    def current(self) -> Assistant:
        self.opened += 1
        if self.error:
            raise self.error
        return Assistant(
            self.index, HashEmbedder(), evidence_threshold=self._evidence_threshold, quote_words=120, today=date.today
        )


def make_client(
    serving: ServingAssistant | None = None, *, store: Store | None = None, **settings: object
) -> TestClient:
    """A client of the whole application, from its outermost middleware on. Answers are kept in memory."""
    app = create_app(serving or FakeServing(), ApiSettings(**settings), store or Store(IN_MEMORY))
    return TestClient(app, base_url="http://127.0.0.1:8000")


def test_the_assistant_is_opened_before_the_first_request():
    serving = FakeServing()
    with make_client(serving):
        assert serving.opened == 1


@pytest.mark.parametrize(
    "error", [BuildError("no build in /srv/secret"), ModelError("no model"), RuntimeError("chroma broke")]
)
def test_the_server_starts_without_a_build_and_says_why(error, caplog):
    with make_client(FakeServing(error=error)) as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["type"] == "/problems/not-ready"
    assert "not ready" in caplog.text


def test_readiness_names_the_part_and_the_remedy():
    detail = make_client(FakeServing(error=ModelError("It is damaged. Build again."))).get("/readyz").json()["detail"]
    assert detail == "model: It is damaged. Build again."


def test_readiness_does_not_repeat_unexpected_errors(caplog):
    response = make_client(FakeServing(error=RuntimeError("password=hunter2"))).get("/readyz")
    assert "hunter2" not in response.text
    assert "python -m ingest build" in response.json()["detail"]
    assert "hunter2" in caplog.text


@pytest.mark.parametrize(
    "path", ["/v1/corpus", "/v1/sources", "/v1/sources/loti-data", "/v1/passages/a:b", "/passages/a:b", "/v1/chat"]
)
def test_without_a_build_everything_else_is_503_and_names_no_folder(path, caplog):
    client = make_client(FakeServing(error=BuildError("There is no index in /srv/secret yet.")))
    with caplog.at_level(logging.WARNING):
        response = client.post(path, json={"question": "Why?"}) if path == "/v1/chat" else client.get(path)
    assert response.status_code == 503
    assert response.json()["type"] == "/problems/not-ready"
    assert "/srv/secret" not in response.text
    assert "/srv/secret" in caplog.text


def test_it_recovers_as_soon_as_there_is_a_build():
    serving = FakeServing(error=BuildError("none"))
    with make_client(serving) as client:
        assert client.get("/readyz").status_code == 503
        serving.error = None
        assert client.get("/readyz").json() == {"status": "ready", "build_id": "test-build", "phrasing": None}
        assert client.post("/v1/chat", json={"question": "data charges?"}).status_code == 200


def test_health_touches_nothing():
    serving = FakeServing(error=RuntimeError("disk gone"))
    response = make_client(serving).get("/healthz")
    assert response.json() == {"status": "ok"}
    assert serving.opened == 0


def test_one_request_takes_the_build_once():
    serving = FakeServing()
    make_client(serving).post("/v1/chat", json={"question": "Can a supplier charge for data?"})
    assert serving.opened == 1
