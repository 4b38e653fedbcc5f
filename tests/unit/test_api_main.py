import socket

import pytest

from api import __main__ as main
from assistant.errors import SettingsError


def test_a_port_in_use_gives_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as raised:
            main.listen("127.0.0.1", port)
    assert str(raised.value) == (
        f"Port {port} of 127.0.0.1 is in use. Stop what uses it, or choose another: --port {port + 1}"
    )


def test_another_failure_says_what_it_is(monkeypatch):
    def refuse(*_args, **_keywords):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(main.socket, "create_server", refuse)
    with pytest.raises(SettingsError, match=r"^Port 80 of 127\.0\.0\.1 can't be opened: Permission denied\."):
        main.listen("127.0.0.1", 80)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_the_address_can_be_opened_in_a_browser(host, shown):
    with main.listen(host, 0) as listening:
        assert main.address(listening) == f"{shown}{listening.getsockname()[1]}"
