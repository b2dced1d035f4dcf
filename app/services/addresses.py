"""Whether an address that a user typed leads out of this house: no private, loopback or link-local host is ever called."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from app.domain.errors import Invalid

Resolve = Callable[..., list[Any]]
# Of IPv6 the global unicast of today; inside it what is no host of the internet or leads to an IPv4 address that a gateway
# takes out of it: Teredo, benchmarking, ORCHID, documentation, 6to4. NAT64 (64:ff9b::/96, RFC 6052) lies outside of it.
UNICAST = ipaddress.ip_network("2000::/3")
WITHIN = tuple(ipaddress.ip_network(n) for n in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
# Of IPv4 what `ipaddress` takes for global in part: protocol assignments and relays.
SPECIAL = tuple(ipaddress.ip_network(n) for n in ("192.0.0.0/24", "192.88.99.0/24"))


class PrivateAddress(OSError):
    """The name leads to an address inside a network."""


def public_addresses(host: str, port: int, resolve: Resolve | None = None) -> list[tuple[Any, ...]]:
    """What `host` resolves to, as `socket.getaddrinfo` tells it.

    Raises OSError where it is not found, PrivateAddress where any of its addresses is not one of the public internet.
    """
    found = (resolve or socket.getaddrinfo)(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        if not _is_public(ipaddress.ip_address(str(place[0]).split("%")[0])):
            raise PrivateAddress("the host is not on the public internet")
    if not found:
        raise OSError("the host has no address")
    return found


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    plain = getattr(address, "ipv4_mapped", None) or address
    if isinstance(plain, ipaddress.IPv6Address):
        return plain in UNICAST and plain.is_global and not any(plain in network for network in WITHIN)
    return plain.is_global and not plain.is_multicast and not any(plain in network for network in SPECIAL)


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
