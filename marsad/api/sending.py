"""Messages to addresses that others chose: over HTTPS alone, to public machines alone, without following them anywhere."""

from __future__ import annotations

import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from datetime import datetime
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from marsad import __version__
from marsad.core.problem import Problem, Sentence

PATIENCE_SECONDS, LONGEST_SECONDS = 10.0, 30.0
"""How long the other side may be silent, and how long all of it may take."""
LONGEST_URL = 500
EMBEDDING = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones."""
Target = tuple[str, int, str]
"""A host, a port, and a path with its query."""


class UndeliverableError(Exception):
    """A message did not get there; the text says why, and nothing of what the other side said."""


def target_of(url: str) -> Target:
    """Return where an address leads; raises Problem where we do not send there, whoever answers."""
    remedy = Sentence("write an address such as https://example.org/marsad")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        host.encode("idna")
    except (ValueError, UnicodeError):
        raise Problem(Sentence("this is no address"), column="url", remedy=remedy) from None
    if parts.scheme != "https" or not host:
        raise Problem(Sentence("the address is not https"), column="url", remedy=remedy)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Problem(Sentence("the address names a user or a place in a page"), column="url", remedy=Sentence("leave that out"))
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Problem(
            Sentence("the address is longer than {most} plain characters", most=LONGEST_URL),
            column="url",
            remedy=remedy,
        )
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def refuse_private_name(host: str) -> None:
    """Raise Problem where an address names a machine of ours outright; what a name leads to is asked at every sending."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        private = host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host
    else:
        private = not is_public(str(address))
    if private:
        raise Problem(
            Sentence("the address leads into a private network"), column="url", remedy=Sentence("name a public machine")
        )


def is_public(address: str) -> bool:
    """Whether an address is of the public network, one that stands for another one being none."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip in EMBEDDING or ip.scope_id:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def addresses_of(host: str, port: int, *, private: bool) -> list[str]:
    """Return the addresses of a host; raises UndeliverableError where there is none, or a private one that is not allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise UndeliverableError("the name has no address") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private and not all(map(is_public, addresses)):
        raise UndeliverableError("the name leads into a private network")
    return addresses


def trust() -> ssl.SSLContext:
    """Return whose certificates are believed."""
    return ssl.create_default_context()


class Connection(http.client.HTTPSConnection):
    """A connection to the very address that was looked at, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self.address, self.trusted = address, trust()
        super().__init__(host, port, timeout=PATIENCE_SECONDS, context=self.trusted)

    def connect(self) -> None:
        """Connect."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        try:
            self.sock = self.trusted.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def send(url: str, body: bytes, headers: Mapping[str, str], *, private: bool = False) -> int:
    """Return the status that the other side answers; raises UndeliverableError. Redirections are not followed."""
    host, port, path = target_of(url)
    address = addresses_of(host, port, private=private)[0]
    connection = Connection(host, port, address)
    clock = Timer(LONGEST_SECONDS, lambda: cut(connection))
    clock.start()
    try:
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    except ssl.SSLCertVerificationError:
        raise UndeliverableError("the certificate is not one we trust") from None
    except TimeoutError:
        raise UndeliverableError("no answer in time") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise UndeliverableError("the connection failed") from None
    finally:
        clock.cancel()
        connection.close()


def cut(connection: http.client.HTTPSConnection) -> None:
    """End a connection that takes too long."""
    if connection.sock is not None:
        connection.sock.close()


def message(said: Mapping[str, Any]) -> bytes:
    """Return the bytes of a message."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def headers_of(body: bytes, secret: str, *, delivery: str, event: str, at: datetime) -> dict[str, str]:
    """Return the headers of a message: what it is, and its signature over the time and the body."""
    seconds = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Marsad/{__version__}",
        "Marsad-Event": event,
        "Marsad-Delivery": delivery,
        "Marsad-Signature": f"t={seconds},v1={signature(body, secret, seconds)}",
    }


def signature(body: bytes, secret: str, seconds: str) -> str:
    """Return the HMAC-SHA256 of a time and a body, joined by a full stop."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, "sha256").hexdigest()
