"""`serve`: the server, on this machine unless it is told otherwise."""

import os
import socket
from typing import Annotated

import typer

from mindspa.commands.demo import build_if_needed
from mindspa.commands.plain_errors import plain_errors
from mindspa.domain.errors import InvalidSetting
from mindspa.settings import Settings
from mindspa.web import server


def serve(
    port: Annotated[
        int,
        typer.Option(
            envvar="STREAMLIT_SERVER_PORT", min=1, max=65535, help="The port to listen on."
        ),
    ] = 8501,
    address: Annotated[
        str,
        typer.Option(
            envvar="STREAMLIT_SERVER_ADDRESS",
            help="Where to listen. Anything but this machine belongs behind a proxy that ends TLS, "
            "with MINDSPA_PUBLIC_URL set.",
        ),
    ] = "127.0.0.1",
    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            help="Build the demo clinic first where there is no database, or its demo is over 12 "
            "hours old. A clinic's own database is served as it is.",
        ),
    ] = False,
) -> None:
    """Starts the server. Ctrl+C stops it."""
    with plain_errors():
        settings = Settings.load(os.environ)
        _refuse_taken(address, port)
        if demo:
            build_if_needed(settings)
        server.serve(address=address, port=port)


def _refuse_taken(address: str, port: int) -> None:
    # An empty one would mean every interface of the machine.
    if not address.strip() or not address.isascii():
        raise InvalidSetting(
            "The address to listen on is no host name. Leave out --address to listen on this "
            "machine alone."
        )
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise InvalidSetting(
                f"Port {port} of {address} cannot be used ({error.strerror}). Stop what listens "
                "there, or choose another with --port."
            ) from None
