"""The data protection impact assessment (Art. 35 GDPR) of both rooms, filled in from their models.

Which fields there are, which are sealed and which can be read in the database is asked of the models; why, how long and
who reads is said here. A model that is missing here fails a test, so the paper cannot fall behind the tables. The paper
is in German, as the authorities are; what only a city can say is marked as open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import override

from . import agents, rules, seekers
from .sealed import SealedText

ROOMS = ("directory", "capacity")
COMMAND = "mitstadt dsfa"


class About(StrEnum):
    """Whose data: of a person who seeks help, of somebody at work, or of nobody."""

    SEEKER = "Suchende"
    STAFF = "Beschäftigte und Mitglieder von Organisationen"
    NOBODY = "niemand"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the paper says about a model. `plain`: fields of free text that stay readable, each with the reason."""

    about: About
    purpose: str
    keep: str
    readers: str
    plain: dict[str, str] = field(default_factory=dict)


_SEEKER_KEEP = f"{seekers.KEEP_DAYS} Tage nach dem letzten Vorgang (Regel `seeker_keep_days`), früher auf Wunsch"
_WITH_SEEKER = "mit der suchenden Person: " + _SEEKER_KEEP
_PUBLIC = "alle"
_WORK = "solange der Eintrag besteht"

ENTRIES: dict[str, Entry] = {
    "directory.Category": Entry(About.NOBODY, "Themen des Verzeichnisses", "dauerhaft", _PUBLIC),
    "directory.Situation": Entry(About.NOBODY, "Lebenslagen, die zu Themen führen", "dauerhaft", _PUBLIC),
    "directory.Urgent": Entry(About.NOBODY, "geprüfte Nummern für Notlagen", "dauerhaft", _PUBLIC),
    "directory.Provider": Entry(
        About.STAFF, "Organisation, die etwas anbietet, mit Ansprechperson für andere Organisationen", _WORK,
        "alle; Ansprechperson und ihre Nummer nur Mitglieder bestätigter Organisationen und die Stadt",
    ),
    "directory.Location": Entry(
        About.NOBODY, "Ort eines Angebots; geheime Anschriften werden nicht gespeichert", _WORK, _PUBLIC
    ),
    "directory.Service": Entry(
        About.STAFF, "Angebot mit Kontaktwegen; wer es bestätigt hat, als Funktion und Dienststelle", _WORK, _PUBLIC
    ),
    "directory.ServiceAt": Entry(
        About.NOBODY, "Angebot an einem Ort; bei geheimer Anschrift verweigert die Datenbank jeden Ort", _WORK, _PUBLIC
    ),
    "directory.Opening": Entry(About.NOBODY, "berechnete Öffnungszeiten", "jede Nacht neu", _PUBLIC),
    "directory.Change": Entry(
        About.STAFF, "Entwurf einer Organisation, den die Stadt prüft", _WORK, "die Organisation und die Redaktion"
    ),
    "directory.Attempt": Entry(
        About.STAFF, "Versuche der Stadt, einen Anbieter zu erreichen", _WORK, "die Redaktion"
    ),
    "directory.Report": Entry(
        About.NOBODY, "Hinweis auf einen Fehler, ein Feld, ohne Namen und Konto", _WORK, "die Redaktion"
    ),
    "directory.Missed": Entry(
        About.NOBODY, "einzelne Suchwörter ohne Treffer, gezählt je Monat; nie eine ganze Frage, nie eine Person",
        "dauerhaft", "die Redaktion; kleine Zahlen unterdrückt",
    ),
    "directory.Notice": Entry(
        About.STAFF, "Nachrichten unter Organisationen", "bis zu dem Tag, den die Organisation nennt, dann verborgen",
        "Mitglieder bestätigter Organisationen und die Stadt",
    ),
    "directory.Mapping": Entry(About.NOBODY, "Zuordnung von Spalten für Importe", "dauerhaft", "die Redaktion"),
    "directory.Import": Entry(
        About.STAFF, "gelesene Datei mit Angeboten; wer sie einlas, als Funktion und Dienststelle", "dauerhaft",
        "die Redaktion",
    ),
    "directory.ImportRow": Entry(About.NOBODY, "Zeile einer Datei: ein Angebot", "mit ihrem Import", "die Redaktion"),
    "directory.Origin": Entry(
        About.NOBODY, "woher ein Eintrag kommt; Hashes statt Werte, damit keine geheim gewordene Anschrift bleibt",
        _WORK, "der Dienst",
    ),
    "capacity.Capacity": Entry(
        About.NOBODY, "was ein Angebot frei hat und wann es gemeldet wurde", _WORK,
        "alle; `updated_by` nur die Stadt, `mobile` sie und der Anbieter",
    ),
    "capacity.Report": Entry(About.NOBODY, "Zeitreihe der gemeldeten Zahlen", _WORK, "Anbieter und Stadt"),
    "capacity.Slot": Entry(About.NOBODY, "Terminzeiten mit der Zahl freier Plätze", _WORK, _PUBLIC),
    "capacity.Seeker": Entry(
        About.SEEKER,
        "Pseudonym mit geheimem Link für jemanden, der einen Platz sucht; Name und Kontakt sind freiwillig",
        _SEEKER_KEEP,
        "die Person; Name und Kontakt nur der Anbieter nach der Zusage; die vermittelnde Stelle nur den Stand",
        {"referred_by": "Funktion und Organisation der vermittelnden Stelle, kein Name"},
    ),
    "capacity.Booking": Entry(
        About.SEEKER, "gebuchter Termin mit freiwilligem Hinweis an den Anbieter", _WITH_SEEKER,
        "die Person und der gebuchte Anbieter; jede Einsicht ist für die Person sichtbar",
        {"key": "Zufallswert gegen doppelte Klicks"},
    ),
    "capacity.Enquiry": Entry(
        About.SEEKER, "Anfrage an mehrere Anbieter nacheinander, mit dem Anliegen in eigenen Worten",
        "das Anliegen bis zum Ende der Anfrage, sonst " + _WITH_SEEKER,
        "die Person und nur der gerade gefragte Anbieter, nicht die Stadt",
    ),
    "capacity.Ask": Entry(
        About.SEEKER, "welcher Anbieter in welcher Reihenfolge gefragt ist und was er antwortet", _WITH_SEEKER,
        "die Person und der gefragte Anbieter; die vermittelnde Stelle nur den Stand",
    ),
    "capacity.Waiting": Entry(
        About.SEEKER, "Platz auf einer Warteliste", _WITH_SEEKER,
        "die Person; der Anbieter nur, wie viele warten",
    ),
    "capacity.Agent": Entry(
        About.SEEKER, "Suchauftrag: Bescheid, wenn in der Nähe etwas frei wird; ohne Konto und Namen",
        f"{int(agents.UNCONFIRMED.total_seconds() // 3600)} Stunden ohne Bestätigung, sonst "
        f"{agents.LASTS.days} Tage oder bis zum Knopf auf seiner Seite",
        "nur die Person über ihren geheimen Link",
        {"told": "Kennungen gemeldeter Plätze; ohne die verschlüsselte Adresse führt nichts zu einer Person"},
    ),
    "capacity.Round": Entry(
        About.NOBODY, "Vergaberunde mit Kriterien, Rechtsgrundlagen und Loszahl; Ergebnis nur als Grenzwerte",
        "dauerhaft", "alle; kleine Zahlen unterdrückt",
    ),
    "capacity.Programme": Entry(
        About.NOBODY, "Angebot, das vertraglich an einer Runde teilnimmt", "mit der Runde", _PUBLIC
    ),
    "capacity.Application": Entry(
        About.SEEKER, "Anmeldung einer Familie zu einer Runde", _WITH_SEEKER,
        "die Familie; die vergebende Stelle, jede Einsicht ist für die Familie sichtbar",
        {
            "options": "gemeinsame Wünsche von Geschwistern, nur Kennungen",
            "key": "Zufallswert gegen doppelte Klicks",
        },
    ),
    "capacity.Child": Entry(
        About.SEEKER, "Kind einer Anmeldung: Wünsche, erfüllte Kriterien, freiwillig Name und Geburtstag",
        _WITH_SEEKER, "die Familie; die vergebende Stelle, jede Einsicht ist für die Familie sichtbar",
        {"choices": "Kennungen der gewünschten Angebote; gehen unter Pseudonym in die Auslosung"},
    ),
    "capacity.Outcome": Entry(
        About.SEEKER, "Ergebnis für ein Kind, damit die Familie nachrechnen kann", _WITH_SEEKER,
        "die Familie; die vergebende Stelle, jede Einsicht ist für die Familie sichtbar",
    ),
    "capacity.Place": Entry(
        About.SEEKER, "Platz, der einem Kind angeboten wurde, oder die Reihenfolge, in der es auf einen wartet",
        _WITH_SEEKER,
        "die Familie; das Haus Kennzeichen und Stand, Name und Kontakt erst nach der Zusage, jede Einsicht ist für die "
        "Familie sichtbar; die vergebende Stelle nur Zahlen",
    ),
    "capacity.File": Entry(
        About.SEEKER, "woraus gelost wurde und was herauskam, unveränderlich, damit die Vergabe prüfbar bleibt",
        "dauerhaft, auch wenn eine Familie alles löschen lässt; siehe offene Risiken",
        "die vergebende Stelle und Prüfende; jedes Herunterladen steht im Protokoll",
        {"kind": "fester Wert: entries, input oder result"},
    ),
    "capacity.Changed": Entry(About.NOBODY, "Merker: diese Zahl hat sich bewegt", "eine Minute", "der Dienst"),
    "capacity.Feed": Entry(
        About.NOBODY, "Adresse, unter der ein anderes System sagt, was frei ist", "bis der Anbieter sie entfernt",
        "der Anbieter und die Redaktion",
    ),
    "capacity.Look": Entry(
        About.SEEKER, "wer wann Worte einer suchenden Person gelesen hat", _WITH_SEEKER, "die Person",
        {
            "by": "Funktion und Organisation dessen, der gelesen hat; die Person hat ein Recht darauf",
            "what": "was gelesen wurde, ein fester Satz",
        },
    ),
    "capacity.Demand": Entry(
        About.NOBODY, "gezählter Bedarf je Monat, Art und Stadtbezirk", "dauerhaft",
        f"alle, erst nach Monatsende; Zahlen unter {rules.SHOWN_FROM} unterdrückt",
    ),
}  # fmt: skip


def all_models() -> list[type[models.Model]]:
    """Every table of both rooms with something of its own; links between two of them say nothing more."""
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def _is_sealed(column: models.Field[Any, Any]) -> bool:
    return column.name == "sealed" or isinstance(column, SealedText)


def protection(column: models.Field[Any, Any]) -> str:
    """How a field lies in the database."""
    if _is_sealed(column):
        return "verschlüsselt, Schlüssel liegt außerhalb der Datenbank"
    if column.name.endswith("_hash"):
        return "Hash mit Schlüssel, nicht umkehrbar, in keiner anderen Tabelle verwendbar"
    if isinstance(column, models.ForeignKey):
        return f"Verweis auf {column.remote_field.model._meta.label}"
    return "lesbar"


def is_free_text(column: models.Field[Any, Any]) -> bool:
    """Whether people could write anything into it, readable for whoever has the database."""
    if _is_sealed(column) or column.name.endswith("_hash") or column.choices or not column.editable:
        return False
    if isinstance(column, models.TextField | models.JSONField):
        return True
    return isinstance(column, models.CharField) and (column.max_length or 0) > 16


def problems() -> list[str]:
    """What the paper would keep silent about: tables it does not know, readable text without a reason, keys from a
    seeker to an account."""
    found = []
    known = {model._meta.label: model for model in all_models()}
    found += [f"{label}: fehlt in capacity/impact.py" for label in known if label not in ENTRIES]
    found += [f"{label}: gibt es nicht mehr" for label in ENTRIES if label not in known]
    for label, entry in ENTRIES.items():
        if label not in known or entry.about is not About.SEEKER:
            continue
        columns = {column.name: column for column in known[label]._meta.concrete_fields}
        for column in columns.values():
            if is_free_text(column) and column.name not in entry.plain:
                found.append(f"{label}.{column.name}: lesbarer Text über Suchende ohne Begründung")
            target = column.related_model
            if isinstance(target, type) and target._meta.app_label not in ROOMS:
                found.append(f"{label}.{column.name}: führt aus dem Raum hinaus zu {target._meta.label}")
        found += [f"{label}.{name}: gibt es nicht mehr" for name in entry.plain if name not in columns]
    return found


def text() -> str:
    """The paper, as Markdown."""
    with override("de"):
        return _HEAD + "\n".join([*_seekers(), *_others(), _TAIL])


def _seekers() -> list[str]:
    lines = ["## 3. Daten von Menschen, die einen Platz suchen", ""]
    for model in all_models():
        entry = ENTRIES.get(model._meta.label)
        if entry is None or entry.about is not About.SEEKER:
            continue
        lines += [
            f"### {model._meta.verbose_name} (`{model._meta.label}`)", "",
            f"- Zweck: {entry.purpose}", f"- Aufbewahrung: {entry.keep}", f"- Wer liest: {entry.readers}", "",
            "| Feld | in der Datenbank | Anmerkung |", "| --- | --- | --- |",
        ]  # fmt: skip
        for column in model._meta.concrete_fields:
            if column.primary_key:
                continue
            lines.append(f"| `{column.name}` | {protection(column)} | {entry.plain.get(column.name, '')} |")
        lines.append("")
    return lines


def _others() -> list[str]:
    lines = [
        "## 4. Übrige Tabellen", "", "| Tabelle | Wessen Daten | Zweck | Aufbewahrung | Wer liest |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for model in all_models():
        entry = ENTRIES.get(model._meta.label)
        if entry is not None and entry.about is not About.SEEKER:
            name = f"{model._meta.verbose_name} (`{model._meta.label}`)"
            lines.append(f"| {name} | {entry.about} | {entry.purpose} | {entry.keep} | {entry.readers} |")
    return [*lines, ""]


_HEAD = f"""# Datenschutz-Folgenabschätzung: Hilfe finden und Freie Plätze

Vorlage nach Art. 35 DSGVO, gefüllt aus den Modellen der Räume `directory` und `capacity`. Nicht von Hand ändern:
`{COMMAND} --output docs/dsfa.md` schreibt sie neu, und ein Test hält sie aktuell. Was nur die Stadt sagen kann, ist mit
**[offen]** markiert und gehört in ihre eigene Fassung.

## 1. Verfahren

- Verantwortlich: **[offen: Dienststelle, Anschrift, Datenschutzbeauftragte]**
- Rechtsgrundlage: **[offen: etwa Art. 6 Abs. 1 Buchst. e DSGVO mit Landesrecht; für Gesundheits- und Sozialdaten Art. 9
  Abs. 2 Buchst. a oder h DSGVO, §§ 67 ff. SGB X]**
- Beteiligte Anbieter und Verträge mit ihnen: **[offen]**
- Betrieb und Auftragsverarbeitung: **[offen: Rechenzentrum, Versand der E-Mails]**
- Beschreibung: Menschen finden Angebote und freie Plätze, buchen Termine, fragen bei mehreren Anbietern nacheinander an,
  warten auf einen Platz oder lassen sich Bescheid geben. Ein Konto ist für nichts davon nötig.

## 2. Notwendigkeit

- Wer sucht, ist ein Pseudonym mit geheimem Link; Name, E-Mail und Telefon dürfen leer bleiben.
- Kein Schlüssel führt zu einem Konto, einem Gast oder einem Beitrag in der Beteiligung. Das Konto erscheint nur als Hash
  mit Schlüssel, den keine andere Tabelle benutzt.
- Suchen werden nicht mit Personen gespeichert. Gezählt wird je Monat, veröffentlicht erst nach Monatsende und ab
  {rules.SHOWN_FROM} Vorgängen.
- Von geheimen Anschriften (etwa Frauenhäusern) wird kein Ort gespeichert, auch nicht für Statistik oder Entfernung.

"""  # noqa: E501  lines of a paper

_TAIL = f"""## 5. Risiken und Maßnahmen

| Risiko | Maßnahme |
| --- | --- |
| Jemand liest die Datenbank oder eine Sicherung | Kontakt, Anliegen, Antworten, Kriterien, Ergebnisse und die Dateien einer Runde sind verschlüsselt; der Schlüssel (`MITSTADT_HASH_KEY`) liegt nicht in der Datenbank. Er gehört nicht in dieselbe Sicherung. |
| Beschäftigte lesen aus Neugier | Anliegen zeigt die Oberfläche nur dem gerade gefragten Anbieter, auch der Stadt nicht; jede Einsicht steht im Protokoll und auf der Seite der Person. |
| Jemand liest Post oder Bildschirm mit | Betreff und Text der Mails nennen weder Angebot noch Art; Seitentitel nennen nicht, was gesucht wurde; Seiten mit Suche werden nirgends zwischengespeichert. |
| Ein Mail-Scanner öffnet Links | Ein Link zeigt nur eine Seite; erst ihr Knopf ändert etwas. |
| Rückschluss aus kleinen Zahlen | Unter {rules.SHOWN_FROM} leer, auch in Summen; nur ganze Monate. |
| Daten bleiben liegen | Jede Nacht wird gelöscht, was seine Zeit überschritten hat; Anfragen an andere Anbieter verlieren ihren Inhalt mit dem Ende der Anfrage. |
| Junge Menschen werden verraten | Wer unter 18 für sich selbst anfragt, wird als solcher markiert; niemand sonst wird benachrichtigt. |
| Adressen fremder Systeme führen ins Netz der Stadt | Gelesen wird nur https, ohne Weiterleitung, nur von öffentlichen Adressen, mit Grenzen für Zeit und Größe. |

## 6. Offene Risiken, über die die Stadt entscheidet

- Wer den geheimen Link einer Person hat, sieht ihre Seite. Er steht in Mails an sie. **[offen: hinnehmbar?]**
- Verweise, Zeitpunkte und Zustände (wer bei welchem Anbieter anfragt, welche Häuser sich eine Familie wünscht, an welcher
  Stelle ein Kind wartet) sind nicht verschlüsselt; sie hängen am Pseudonym. Die Kriterien und Punkte eines Kindes sind es.
- In den Dateien einer Runde (`capacity.File`) bleiben Wünsche und Kriterien aller Kinder unter Pseudonym nach dem Löschen
  einer Familie stehen, weil sonst niemand die Vergabe prüfen könnte. In der Datenbank sind sie verschlüsselt; wer sie zum
  Prüfen herunterlädt, hält sie lesbar in Händen. **[offen: Rechtsgrundlage und Frist; wie kleine Gruppen vor dem
  Wiedererkennen geschützt sind; was Prüfende mit ihrer Kopie tun]**
- Öffentlich und lesbar sind von einer Runde die Regeln, ihre Prüfzahlen und die Zusammenfassung (`capacity.Round.summary`):
  Grenzwerte und Zahlen ab einer Mindestgröße, keine einzelnen Kinder.
- Geht `MITSTADT_HASH_KEY` verloren, sind auch die Dateien für die Prüfung verloren. **[offen: getrennte Sicherung]**
- Das Protokoll nennt das Pseudonym, auch nachdem die Person gelöscht ist. **[offen: Löschfrist des Protokolls]**
- Mails verlassen die Installation unverschlüsselt, soweit das Postfach der Person nichts anderes kann.

## 7. Vor dem Start

- [ ] Rechtsgrundlagen und Verträge eingetragen, Datenschutzbeauftragte beteiligt (Art. 35 Abs. 2 DSGVO)
- [ ] `MITSTADT_HASH_KEY` erzeugt, getrennt gesichert, Zugriff geregelt
- [ ] `mitstadt check --deploy` ohne Fehler, `{COMMAND} --check` ohne Befund
- [ ] Aufbewahrung `seeker_keep_days` in `city.yaml` beschlossen
- [ ] Anbieter bestätigt und eingewiesen, Liste der Personen mit Zugang liegt vor
- [ ] Nummern für Notlagen geprüft, geheime Anschriften als solche markiert
"""  # noqa: E501  rows of a table
