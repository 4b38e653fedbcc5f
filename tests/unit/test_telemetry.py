"""OpenTelemetry: off by default, and never what somebody asked. A collector of our own stands on loopback."""

import builtins
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pydantic import ValidationError
from test_api_serving import ID, FakeServing

from api.app import create_app
from api.settings import ApiSettings
from api.store import IN_MEMORY, Store
from api.telemetry import open_telemetry
from assistant.errors import SettingsError


@pytest.fixture
def collector():
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def serve(endpoint):
    app = create_app(FakeServing(), ApiSettings(telemetry_endpoint=endpoint), Store(IN_MEMORY))

    @app.get("/broken")
    def broken():
        raise RuntimeError("password=hunter2")

    return TestClient(app, base_url="http://127.0.0.1:8000")


def test_requests_become_spans_and_metrics_without_what_was_asked(collector):
    endpoint, received = collector
    with serve(endpoint) as client:
        answer = client.post("/v1/chat", json={"question": "Can a supplier charge for Quibblesborough's data?"}).json()
        client.get(f"/v1/answers/{answer['id']}")
        client.get(f"/passages/{ID['loti-data']}", params={"quote": "Quibblesborough"})
        client.post("/v1/chat", json={"question": 7, "Quibblesborough": 1})
        client.get("/broken")
        client.get("/healthz")
    paths = {path for path, _, _ in received}
    assert paths == {"/v1/traces", "/v1/metrics"}
    traces = [ExportTraceServiceRequest.FromString(body) for path, _, body in received if path == "/v1/traces"]
    spans = [
        span for each in traces for part in each.resource_spans for scope in part.scope_spans for span in scope.spans
    ]
    names = {span.name for span in spans}
    assert {"POST /v1/chat", "GET /v1/answers/{answer_id}", "GET /passages/{passage_id}", "GET /broken"} <= names
    assert not any("healthz" in name for name in names)
    assert [event for span in spans for event in span.events] == []
    metrics = [ExportMetricsServiceRequest.FromString(body) for path, _, body in received if path == "/v1/metrics"]
    assert "http.server.request.duration" in str(metrics)
    told = f"{traces}{metrics}"
    for secret in ("Quibblesborough", answer["id"], ID["loti-data"], "hunter2"):
        assert secret not in told
    assert "procurement-guidance-assistant" in told


def test_off_means_off_whatever_the_environment_says(collector, monkeypatch):
    endpoint, received = collector
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    with serve(None) as client:
        client.post("/v1/chat", json={"question": "Can a supplier charge for data?"})
    assert received == []


def test_it_is_off_by_default_and_then_needs_nothing(monkeypatch):
    imported = builtins.__import__

    def without_the_extra(name, *arguments, **named):
        if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter")):
            raise ImportError(name)
        return imported(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without_the_extra)
    assert ApiSettings().telemetry_endpoint is None
    open_telemetry(None).close()
    with pytest.raises(SettingsError, match=r"GUIDANCE_API_TELEMETRY_ENDPOINT needs .* \[telemetry\]"):
        open_telemetry("http://127.0.0.1:4318")


@pytest.mark.parametrize(
    "endpoint",
    ["", "127.0.0.1:4318", "ftp://collector", "http://user:secret@collector", "http://[::1", "http://c/?a=b"],
)
def test_an_address_that_is_none_is_refused(endpoint):
    with pytest.raises(ValidationError, match="collector's address"):
        ApiSettings(telemetry_endpoint=endpoint)
