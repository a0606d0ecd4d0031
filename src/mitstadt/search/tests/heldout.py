"""Everyday queries and the sentences they should find, written before the analyser was.

They measure, they do not steer: nobody may add a word to the analyser's lists because a pair here failed.
`test_heldout.py` holds the recall that was measured at first; it may rise, it must not fall.
"""

from __future__ import annotations

# (query, sentence that should be found)
PAIRS: list[tuple[str, str]] = [
    # inflection and umlaut
    ("Radwege", "Der neue Radweg an der Isar ist fertig."),
    ("Bücherei", "In allen Büchereien gibt es jetzt kostenloses Internet."),
    ("Schwimmbäder", "Das Schwimmbad im Westen öffnet wieder."),
    ("Spielplatz", "Zwei Spielplätze werden erneuert."),
    ("Anträge", "Ein Antrag lässt sich bald von zu Hause stellen."),
    ("Museum", "Freier Eintritt in städtischen Museen am Sonntag."),
    ("Baum pflanzen", "An der Allee werden neue Bäume gepflanzt."),
    # compounds
    ("Betreuung von Kindern", "Plätze in der Kinderbetreuung findet man auf einer Seite."),
    ("Wohnungen mieten", "Eine Übersicht freier Mietwohnungen."),
    ("Ladesäule", "Mehr Ladesäulen für Elektroautos."),
    ("Müll", "Die Termine der Müllabfuhr kommen aufs Handy."),
    ("Führerschein umtauschen", "Der Führerscheinumtausch geht ohne Termin."),
    ("Stadtbücherei", "Die Bücherei der Stadt verleiht auch Musik."),
    ("Parkplatzsuche", "Weniger Suche nach einem Parkplatz dank Sensoren."),
    ("Licht Straße", "Die Straßenbeleuchtung wird heller; moderne Straßenlichter sparen Strom."),
    ("Schutz vor Hitze", "Ein Hitzeschutzplan für den Sommer."),
    ("Sprachkurs", "Kurse für die deutsche Sprache im Stadtteil."),
    ("Ehrenamt", "Die Ehrenamtsbörse vermittelt Aufgaben."),
    ("Wetter Daten", "Wetterdaten aus allen Stadtteilen sind öffentlich."),
    # typing errors
    ("Fahradweg", "Ein Fahrradweg durch den Park."),
    ("Bürgerbürro", "Das Bürgerbüro am Platz hat länger offen."),
    ("Strasenbahn", "Die Straßenbahn fährt öfter."),
    ("Kindergaten", "Anmeldung für den Kindergarten."),
    ("Beteilligung", "Beteiligung an der Planung des Viertels."),
    ("Digitalisirung", "Digitalisierung der Verwaltung."),
    ("Wonung", "Eine Wohnung für junge Leute."),
    # ae/ä, ss/ß, case
    ("Muelltonne", "Die Mülltonne wird dienstags geleert."),
    ("gruenflaechen", "Grünflächen werden naturnah gepflegt."),
    ("FUSSGÄNGERZONE", "Die Fußgängerzone wird größer."),
    ("Gebäude Straße", "Gebaeude an der Hauptstrasse werden saniert."),
    # inclusive forms
    ("Bürger", "Bürger*innen entscheiden mit."),
    ("Schülerinnen", "Geräte für Schüler an allen Schulen."),
    ("Lehrer", "Fortbildung für Lehrer:innen."),
    # everyday word, office word
    ("Kita", "Kindertagesstätten melden freie Plätze."),
    ("Handy", "Die Dienste laufen auf dem Mobiltelefon."),
    ("Bus und Bahn", "Der öffentliche Nahverkehr wird pünktlicher."),
    # hyphens, numbers, foreign words
    ("eAkte", "Die E-Akte ersetzt das Papier."),
    ("W-LAN", "WLAN an Plätzen und in Schulen."),
    ("5G", "5G-Netz für die ganze Stadt."),
    ("open data", "Das Open-Data-Portal zeigt alle Datensätze."),
    ("smart city", "Smart City heißt hier: Technik, die dient."),
]

# (query, sentence that must not be found, whatever else is in the index)
FALSE: list[tuple[str, str]] = [
    ("Rat", "Ein Fahrrad wurde gefunden."),
    ("Bus", "Business Englisch für Anfänger."),
    ("Kinder", "Rinder weiden am Stadtrand."),
    ("Miete", "Die Mitte der Stadt wird grün."),
    ("Wahl", "Im Museum hängt ein Wal."),
    ("Bau", "Die Frau liest ein Buch."),
    ("Haut", "Heute beginnt die Ausstellung."),
    ("Tor", "Der Autor liest aus seinem Buch."),
    ("Ernte", "Erneuerung der Brücken."),
    ("Park", "Die Sparkasse berät im Viertel."),
    ("Eis", "Eine Reise nach Italien."),
    ("Schule", "Schuld und Zinsen der Stadt."),
    ("Land", "Ein Wanderweg durch die Schweiz."),
    ("Ampel", "Ein Stempel auf Papier genügt nicht mehr."),
    ("Uhr", "Der Kurs ist kostenlos."),
    ("Ohr", "Ein Rohr wird verlegt."),
    ("Laub", "Urlaub in der Stadt."),
    ("Alt", "Der Anwalt berät kostenlos."),
    ("Garten", "Alle Arten von Sport."),
    ("Tier", "Das Quartier bekommt einen Treff."),
]
