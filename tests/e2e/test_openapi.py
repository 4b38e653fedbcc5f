"""The API does what /openapi.json says, whatever is sent: Schemathesis, in this process, over the whole application."""

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from test_api_serving import FakeServing

from api.app import create_app
from api.settings import ApiSettings
from api.store import Store

CONFIG = """
seed = {seed}
max-failures = 20

[generation]
max-examples = {examples}
database = "none"

[phases.fuzzing]
enabled = true

[phases.stateful]
enabled = true

# Which question can be read, and that a key belongs to one request, no schema can say.
[[operations]]
include-path-regex = "^/v1/chat"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 409, 422]
"""
EXAMPLES = 15


@pytest.mark.parametrize("seed", [1, 20261122])
def test_whatever_is_sent_the_answer_is_as_described(seed, tmp_path):
    # The client that Schemathesis loads the description with names a host of its own.
    settings = ApiSettings(allowed_hosts=("testserver", "localhost", "127.0.0.1"))
    app = create_app(FakeServing(), settings, Store(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    config = SchemathesisConfig.from_str(CONFIG.format(seed=seed, examples=EXAMPLES))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    failures, cases, operations = [], 0, set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(str(getattr(event, "info", event)) + str(getattr(event, "exception", "")))
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            operations.add(event.recorder.label)
            failures += [
                f"{event.recorder.label}: {check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
    described = {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}
    assert described <= operations
    assert cases > EXAMPLES * len(described)
    assert not failures, f"{len(failures)} failures:\n" + "\n\n".join(failures[:20])
