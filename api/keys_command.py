"""python -m api keys: makes, lists and revokes API keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from api.keys import create_key
from api.settings import load_settings
from api.store import Store, store_url
from api.store.access import ApiKey, list_keys, revoke_key
from api.store.access_tables import KEY_ID_LENGTH, NAME_LENGTH
from assistant.__main__ import load_settings as load_assistant_settings
from assistant.errors import GuidanceError

FAILED = 1
_LONGEST_DAYS = 3650

keys = typer.Typer(help="API keys: for programs that ask.", no_args_is_help=True, pretty_exceptions_enable=False)


@contextmanager
def _open() -> Iterator[Store]:
    """The store of the settings. What fails is told in one line."""
    try:
        store = Store(store_url(load_settings(), load_assistant_settings().data_dir))
        try:
            yield store
        finally:
            store.close()
    except GuidanceError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(FAILED) from None


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for, as in “Intranet”.")],
    expires: Annotated[
        int | None, typer.Option(min=1, max=_LONGEST_DAYS, help="Days after which it stops working.")
    ] = None,
) -> None:
    """Makes a key and prints it: this once, for only its hash is kept."""
    name = " ".join(name.split())
    if not (name and name.isprintable() and len(name) <= NAME_LENGTH):
        raise typer.BadParameter(
            f"a name has 1 to {NAME_LENGTH} characters, none of them invisible", param_hint="--name"
        )
    with _open() as store:
        key, kept = create_key(store, name, days=expires)
    until = f"until {_day(kept.expires)}" if kept.expires else "until it is revoked"
    typer.echo(
        f"Key {kept.id} of “{kept.name}” is valid {until}. It can't be shown again: keep it where secrets are kept.",
        err=True,
    )
    # Alone on standard output, so that it can go straight into a vault.
    typer.echo(key)


@keys.command("list")
def show() -> None:
    """Lists all keys, without their secrets."""
    with _open() as store:
        found = list_keys(store)
    if not found:
        typer.echo("There are no keys. Make one: python -m api keys create --name NAME")
        return
    now = datetime.now(UTC)
    titles = ("id", "state", "created", "expires", "last used", "name")
    rows = [titles, *(_row(key, now) for key in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(titles))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@keys.command()
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID", help="As in `keys list`.")]) -> None:
    """Makes a key worthless, for good. Running servers notice within 10 seconds."""
    with _open() as store:
        is_revoked = revoke_key(store, key_id, datetime.now(UTC))
    if not is_revoked:
        # Not repeated: somebody may have given the whole key.
        typer.echo(
            f"There is no key of that id that could be revoked. An id has {KEY_ID_LENGTH} letters and digits: python -m api keys list",
            err=True,
        )
        raise typer.Exit(FAILED)
    typer.echo(f"Key {key_id} is revoked.")


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    state = "revoked" if key.revoked else "valid" if key.is_valid(now) else "expired"
    return (key.id, state, _day(key.created), _day(key.expires), _day(key.last_used), key.name)


def _day(value: date | datetime | None) -> str:
    return value.strftime("%Y-%m-%d") if value else "-"
