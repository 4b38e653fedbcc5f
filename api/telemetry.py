"""Spans and metrics for an OpenTelemetry collector, through FastAPI's own instrumentation. Off unless an endpoint is set.

FastAPI would also send log records with the messages of exceptions, and spans with paths and query strings. Both can hold what somebody
asked or whose conversation it was, so the first is turned off and the second withheld: spans name the address template.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.telemetry import TelemetryConfig

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import Span

_SERVICE = "procurement-guidance-assistant"
_WITHHELD = ("url.path", "url.query")
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """What `FastAPI(telemetry=...)` takes, and what sends the rest when the server stops."""

    config: TelemetryConfig
    close: Callable[[], object]


def open_telemetry(endpoint: str | None) -> Telemetry:
    """Telemetry to the collector at `endpoint`, such as http://127.0.0.1:4318; None: none, whatever else the environment says.

    Raises:
        SettingsError: the extra `telemetry` is not installed.
    """
    if endpoint is None:
        return Telemetry(
            config={"tracing": False, "metrics": False, "logs": False, "auto_configure": False}, close=lambda: None
        )
    try:
        return _telemetry(endpoint.rstrip("/"))
    except ImportError as error:
        raise SettingsError(
            "GUIDANCE_API_TELEMETRY_ENDPOINT needs what the extra “telemetry” brings: install the project with [telemetry]."
        ) from error


def _telemetry(endpoint: str) -> Telemetry:
    # Only here: what serves without telemetry needs none of it.
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    class Withhold(SpanProcessor):
        """Takes what a caller wrote into an address out of spans before they go anywhere."""

        def on_start(self, span: "Span", parent_context: "Context | None" = None) -> None:
            for name in _WITHHELD:
                if name in (span.attributes or {}):
                    span.set_attribute(name, "withheld")

    resource = Resource.create({"service.name": _SERVICE})
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(Withhold())
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=_SECONDS)))
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics", timeout=_SECONDS))
    meters = MeterProvider(metric_readers=[reader], resource=resource, shutdown_on_exit=False)

    def close() -> None:
        tracers.shutdown()
        meters.shutdown(timeout_millis=_SECONDS * 1000)

    config: TelemetryConfig = {
        "tracer_provider": tracers,
        "meter_provider": meters,
        "logs": False,
        "auto_configure": False,
        "exclude": _is_probe,
    }
    return Telemetry(config=config, close=close)


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in _PROBES
