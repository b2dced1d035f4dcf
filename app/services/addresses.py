"""Whether an address that a user typed leads out of this house: no private, loopback or link-local host is ever called."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from app.domain.errors import Invalid

Resolve = Callable[..., list[Any]]


class PrivateAddress(OSError):
    """The name leads to an address inside a network."""


def public_addresses(host: str, port: int, resolve: Resolve | None = None) -> list[tuple[Any, ...]]:
    """What `host` resolves to, as `socket.getaddrinfo` tells it.

    Raises OSError where it is not found, PrivateAddress where any of its addresses is not one of the public internet.
    """
    found = (resolve or socket.getaddrinfo)(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).split("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        if not (mapped or address).is_global or address.is_multicast:
            raise PrivateAddress("the host is not on the public internet")
    if not found:
        raise OSError("the host has no address")
    return found


def connect(address: tuple[str, int], timeout: Any = None, source_address: Any = None) -> socket.socket:
    """A connection to a public host: the address that was checked is the one that is called."""
    failed: OSError = OSError("the host has no address")
    for family, kind, protocol, _, place in public_addresses(*address):
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(place)
        except OSError as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed


def check_webhook(to: str, resolve: Resolve | None = None) -> None:
    """Raises Invalid at `to` where the host is not found or leads into a network. Asked outside of any transaction."""
    host = urlsplit(to).hostname
    if not host:
        return  # desk.subscribe says what is wrong with it
    try:
        public_addresses(host, 443, resolve)
    except PrivateAddress:
        raise Invalid("webhook_inside", "to") from None
    except (OSError, UnicodeError):
        raise Invalid("webhook_unknown", "to") from None
