"""A real server whose answers take as long as a language model's: a pause after each part. Run by test_streams.py.

python slow_server.py SECONDS: the length of a pause.
"""

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1] / "unit")]

from test_api_serving import FakeServing  # noqa: E402

from api import __main__ as main  # noqa: E402
from api.app import create_app  # noqa: E402
from api.settings import load_settings  # noqa: E402
from api.store import Store  # noqa: E402
from assistant.answer import Assistant  # noqa: E402

PAUSE = float(sys.argv[1])
ask_really = Assistant.ask


def ask_slowly(self, text, *, tell=None, **named):
    def tell_slowly(part):
        tell(part)
        time.sleep(PAUSE)

    return ask_really(self, text, tell=tell_slowly if tell else None, **named)


Assistant.ask = ask_slowly
main._STREAM_STOP_SECONDS = 0.5
main.configure_logging()
settings = load_settings()
listening = main.listen(settings.host, 0)
with listening:
    store = Store(settings.store_url.get_secret_value())
    main.Server(main._configuration(create_app(FakeServing(), settings, store))).run(sockets=[listening])
