"""python -m api."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.keys_command import keys
from api.logs import LogFormat, configure_logging
from api.settings import load_settings
from api.store import Store, open_store, store_url
from api.store.retention import purge, would_purge
from assistant.__main__ import load_settings as load_assistant_settings
from assistant.assembly import ServingAssistant
from assistant.errors import GuidanceError, SettingsError

FAILED = 1
# How long requests that are under way may take when the server stops, and how long streams may, which are told how they ended.
_STOP_SECONDS, _STREAM_STOP_SECONDS = 10, 5


class Server(uvicorn.Server):
    """Says where it listens once it serves, and not before."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        await super().startup(sockets)
        for listening in sockets or []:
            typer.echo(f"The procurement guidance assistant is at {address(listening)} (Ctrl+C stops it)")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        asyncio.get_running_loop().call_later(_STREAM_STOP_SECONDS, self._end_streams)
        await super().shutdown(sockets)

    def _end_streams(self) -> None:
        for stream in self.config.app.state.streams:  # type: ignore[union-attr]
            stream.stop()


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


def serve(
    context: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on instead of GUIDANCE_API_PORT; 0 takes a free one."),
    ] = None,
) -> None:
    """Serves the chat page at / and the HTTP API under /v1, on this machine unless settings say otherwise.

    Settings are environment variables: GUIDANCE_API_HOST, GUIDANCE_API_PORT, GUIDANCE_DATA_DIR and others.
    """
    if context.invoked_subcommand is not None:
        return
    with _told_plainly():
        settings, assistant_settings = load_settings(), load_assistant_settings()
        configure_logging(LogFormat(settings.log_format))
        serving, store = ServingAssistant(assistant_settings), open_store(settings, assistant_settings.data_dir)
        # Keys are kept, also where answers are not.
        keys_apart = settings.authentication and not store.keeps
        key_store = Store(store_url(settings, assistant_settings.data_dir)) if keys_apart else None
        application = create_app(serving, settings, store, key_store=key_store)
        listening = listen(settings.host, settings.port if port is None else port)
    with listening:
        Server(_configuration(application)).run(sockets=[listening])


def purge_command(
    older_than: Annotated[
        int | None,
        typer.Option(min=0, metavar="DAYS", help="Age in days, instead of GUIDANCE_API_RETENTION_DAYS."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
) -> None:
    """Deletes answers older than they may get, with their feedback, and conversations that are then empty.

    The server does so by itself, when it starts and once a day.
    """
    with _told_plainly():
        settings, assistant_settings = load_settings(), load_assistant_settings()
        days = settings.retention_days if older_than is None else older_than
        store = Store(store_url(settings, assistant_settings.data_dir))
        purged = (would_purge if dry_run else purge)(store, older_than=timedelta(days=days), now=datetime.now(UTC))
        store.close()
    verb = "Would delete" if dry_run else "Deleted"
    typer.echo(
        f"{verb} what is older than {days} days: {purged.answers} answers, {purged.feedback} feedback, "
        f"{purged.conversations} conversations, {purged.idempotency_keys} idempotency keys."
    )


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Ends the command with one line where something that a person can mend went wrong."""
    try:
        yield
    except GuidanceError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(FAILED) from None


def _configuration(served: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        served,
        # Named, so that what else happens to be installed changes nothing.
        http="h11",
        loop="asyncio",
        ws="none",
        log_config=None,
        # Requests are logged by api.edge, without their query strings.
        access_log=False,
        server_header=False,
        # Those of trusted proxies are looked at by api.app.
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


# Without pretty exceptions, which show the values of variables: keys may be among them.
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.callback(invoke_without_command=True)(serve)
app.command("purge")(purge_command)
app.add_typer(keys, name="keys")


def main() -> None:
    """Entry point."""
    app(prog_name="python -m api")


if __name__ == "__main__":
    main()
