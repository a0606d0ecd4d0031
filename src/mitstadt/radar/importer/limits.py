"""What is refused before a file is opened: size, archives that unfold, things that only look like a table."""

from __future__ import annotations

import io
import re
import zipfile

from django.utils.translation import gettext

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_MEASURES = 10_000
MAX_COLUMNS = 200
MAX_CELL = 20_000
MAX_ENTRIES = 500
MAX_UNPACKED = 150 * MEGABYTE
MAX_RATIO = 200
MAX_DEPTH = 20
MAX_NODES = 2_000_000


class UnreadableError(Exception):
    """The file as a whole cannot be read; the message is for the person."""


def check_size(data: bytes) -> None:
    """Refuse nothing at all and too much. Raises UnreadableError."""
    if not data.strip():
        raise UnreadableError(gettext("Die Datei ist leer."))
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            gettext("Die Datei ist %(size)s MB groß; erlaubt sind %(most)s MB.")
            % {"size": round(len(data) / MEGABYTE, 1), "most": MAX_BYTES // MEGABYTE}
        )


def text_of(data: bytes) -> str:
    """The text of a YAML or CSV file: UTF-8, with or without byte order mark. Raises UnreadableError.

    Excel's "Unicode text" (UTF-16 with mark) is understood; anything else is named with the place of its first byte.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableError(gettext("Die Datei ist als UTF-16 gekennzeichnet, aber nicht lesbar.")) from error
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise UnreadableError(
                gettext(
                    "Die Datei ist nicht in UTF-8 gespeichert (Zeile %(line)s, Byte %(byte)s). Bitte speichern Sie sie "
                    "als „CSV UTF-8“."
                )
                % {"line": line, "byte": f"0x{data[error.start]:02x}"}
            ) from error
    if "\x00" in text:
        raise UnreadableError(gettext("Die Datei enthält Null-Zeichen; sie ist beschädigt oder keine Textdatei."))
    if re.match(r"\s*(<!doctype\s+html|<html|<\?xml|<table)", text[:500], re.I):
        raise UnreadableError(gettext("Die Datei ist eine Internetseite (HTML), keine Tabelle."))
    if text.startswith(("PK\x03\x04", "%PDF")):
        raise UnreadableError(gettext("Der Inhalt passt nicht zur Endung der Datei."))
    return text


def check_workbook(data: bytes) -> None:
    """Look into a workbook's archive without unpacking it. Raises UnreadableError."""
    if not data.startswith(b"PK"):
        raise UnreadableError(gettext("Das ist keine Excel-Datei im Format XLSX."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableError(gettext("Die Excel-Datei ist beschädigt.")) from error
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableError(gettext("Das ist keine Excel-Datei im Format XLSX."))
    if len(entries) > MAX_ENTRIES:
        raise UnreadableError(gettext("Die Excel-Datei besteht aus zu vielen Teilen (%(n)s).") % {"n": len(entries)})
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableError(gettext("Die Excel-Datei ist mit einem Passwort geschützt."))
    if any("vbaproject" in name.lower() for name in names):
        raise UnreadableError(gettext("Die Excel-Datei enthält Makros. Bitte speichern Sie sie ohne Makros als XLSX."))
    unpacked = sum(entry.file_size for entry in entries)
    steep = any(e.file_size > MEGABYTE and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries)
    if unpacked > MAX_UNPACKED or steep:
        raise UnreadableError(
            gettext("Die Excel-Datei entfaltet sich auf %(size)s MB und wird deshalb nicht geöffnet.")
            % {"size": round(unpacked / MEGABYTE)}
        )
    _check_contents(data)


def _check_contents(data: bytes) -> None:
    """The sizes in the directory may lie, and XML may define entities: read each part up to its stated size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if not entry.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(entry) as part:
                    head = part.read(4096)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                    raise UnreadableError(gettext("Die Excel-Datei enthält verbotene XML-Anweisungen."))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableError(gettext("Die Excel-Datei ist beschädigt.")) from error
