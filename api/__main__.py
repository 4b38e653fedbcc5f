"""python -m api."""

import errno
import logging
import socket
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.problems import REQUEST_ID
from api.settings import ApiSettings, load_settings
from api.store import Store, open_store
from assistant.__main__ import load_settings as load_assistant_settings
from assistant.assembly import ServingAssistant
from assistant.errors import GuidanceError, SettingsError

FAILED = 1
_STOP_SECONDS = 10
FORMATTER = logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")


class Server(uvicorn.Server):
    """Says where it listens once it serves, and not before."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        await super().startup(sockets)
        for listening in sockets or []:
            typer.echo(f"The procurement guidance assistant is at {address(listening)} (Ctrl+C stops it)")


class WithRequestId(logging.Filter):
    """Puts the id of the request that is being served on every log record, whoever logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        record.request_id = REQUEST_ID.get()
        return True


def address(listening: socket.socket) -> str:
    """The address of a listening socket, for a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """Opens the port.

    Raises:
        SettingsError: it is in use, or may not be opened.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} of {host} is in use. Stop what uses it, or choose another: --port {port + 1}"
        else:
            reason = f"Port {port} of {host} can't be opened: {error.strerror}. Choose another with --port."
        raise SettingsError(reason) from error
    # asyncio sets this only where a socket names its protocol, which this one does not. Without it, the second part of a response waits
    # for the reader's delayed acknowledgement: 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def configure_logging() -> None:
    """One line an event on standard error, with the request's id. Libraries are heard only when they warn."""
    handler = logging.StreamHandler()
    handler.addFilter(WithRequestId())
    handler.setFormatter(FORMATTER)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("api", "assistant"):
        logging.getLogger(name).setLevel(logging.INFO)


def serve(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on instead of GUIDANCE_API_PORT; 0 takes a free one."),
    ] = None,
) -> None:
    """Serves the chat page at / and the HTTP API under /v1, on this machine only.

    Settings are environment variables: GUIDANCE_API_HOST, GUIDANCE_API_PORT, GUIDANCE_DATA_DIR and others.
    """
    configure_logging()
    try:
        settings = load_settings()
        assistant_settings = load_assistant_settings()
        serving = ServingAssistant(assistant_settings)
        store = open_store(settings, assistant_settings.data_dir)
        listening = listen(settings.host, settings.port if port is None else port)
    except GuidanceError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(FAILED) from None
    with listening:
        Server(_configuration(serving, settings, store)).run(sockets=[listening])


def _configuration(serving: ServingAssistant, settings: ApiSettings, store: Store | None) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(serving, settings, store),
        # Named, so that what else happens to be installed changes nothing.
        http="h11",
        loop="asyncio",
        ws="none",
        log_config=None,
        # Requests are logged by api.edge, without their query strings.
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


def main() -> None:
    """Entry point."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(serve)
    app(prog_name="python -m api")


if __name__ == "__main__":
    main()
