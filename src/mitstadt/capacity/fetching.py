"""Reading an address that somebody typed in, without being led into the city's own network.

Only https on its usual port, no names in the address, no redirect; the name is looked up once, every address it has
must be public, and the connection goes to the one that was checked (a second lookup could answer something else).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

MOST_BYTES = 2_000_000
SECONDS = 10.0  # for each step, and twice that for the whole


class UnreachableError(Exception):
    """The address may not or cannot be read; the message is for the provider."""


def check_url(url: str) -> tuple[str, str]:
    """(host, path with query) of an address that may be read. Raises UnreachableError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnreachableError(_("Diese Adresse ist nicht lesbar.")) from error
    if parts.scheme != "https" or not parts.hostname:
        raise UnreachableError(_("Die Adresse muss mit https:// beginnen."))
    if port not in (None, 443) or parts.username is not None or parts.password is not None:
        raise UnreachableError(_("Bitte eine Adresse ohne Anschluss, Namen und Passwort."))
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in url):
        raise UnreachableError(_("Diese Adresse ist nicht lesbar."))
    try:
        host = parts.hostname.encode("idna").decode()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        path.encode("ascii")
    except UnicodeError as error:
        raise UnreachableError(_("Diese Adresse ist nicht lesbar.")) from error
    return host, path


def is_public(address: str) -> bool:
    """Whether an IP address lies in the open internet: not local, private, shared, reserved or a way around that."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None and not is_public(str(inner)):
            return False
        if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("64:ff9b:1::/48"):
            return False
    return ip.is_global and not ip.is_multicast


def resolve(host: str) -> str:
    """The address to connect to; one that is not public spoils all. Raises UnreachableError."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(_("Diesen Rechner gibt es nicht.")) from error
    addresses = [str(row[4][0]) for row in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise UnreachableError(_("Diese Adresse liegt nicht im öffentlichen Internet."))
    return addresses[0]


class _Connection(http.client.HTTPSConnection):
    """A connection to one checked address, with the certificate of the host that was asked for."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host, 443, timeout=SECONDS, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, 443), SECONDS)
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def connection(host: str, address: str) -> http.client.HTTPSConnection:
    return _Connection(host, address)


def fetch(url: str) -> bytes:
    """What stands at `url`, at most 2 MB, within 20 seconds. Raises UnreachableError."""
    host, path = check_url(url)
    opened = connection(host, resolve(host))
    deadline = time.monotonic() + 2 * SECONDS
    try:
        opened.request("GET", path, headers={"User-Agent": "Mitstadt", "Accept": "*/*", "Accept-Encoding": "identity"})
        answer = opened.getresponse()
        if 300 <= answer.status < 400:
            raise UnreachableError(_("Die Adresse leitet weiter. Bitte die endgültige Adresse angeben."))
        if answer.status != 200:
            raise UnreachableError(_("Die andere Seite antwortet mit %(status)s.") % {"status": answer.status})
        return _read(answer, deadline)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(_("Die andere Seite antwortet nicht.")) from error
    finally:
        opened.close()


def _read(answer: Any, deadline: float) -> bytes:
    parts, size = [], 0
    while part := answer.read1(65_536):
        size += len(part)
        if size > MOST_BYTES:
            raise UnreachableError(_("Die Antwort ist größer als 2 MB."))
        if time.monotonic() > deadline:
            raise UnreachableError(_("Die andere Seite antwortet zu langsam."))
        parts.append(part)
    return b"".join(parts)
