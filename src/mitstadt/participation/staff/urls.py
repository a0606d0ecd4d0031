"""``/verwaltung/beteiligung/…``"""

from __future__ import annotations

from django.urls import path

from . import desk, entry, evaluation, importing, leaflets, listing, preview, process, signatures, tablets

app_name = "participation_staff"
urlpatterns = [
    path("", listing.listing, name="processes"),
    path("schalter/", desk.desk, name="desk"),
    path("schalter/briefe/", desk.letters, name="letters"),
    path("schalter/briefe/<int:pk>/", desk.letter, name="letter"),
    path("schalter/<slug:public_id>/", desk.one, name="desk_one"),
    path("schalter/<slug:public_id>/eintragen/", desk.begin, name="desk_begin"),
    path("schalter/<slug:public_id>/unterschrift/", desk.support, name="desk_support"),
    path("schalter/<slug:public_id>/merkzettel.pdf", desk.slip, name="slip"),
    path("viertelblatt/", leaflets.leaflets, name="leaflets"),
    path("viertelblatt/<int:district>/<str:month>/", leaflets.leaflet, name="leaflet"),
    path("neu/", listing.new, name="new"),
    path("<int:number>/", process.process, name="process"),
    path("<int:number>/stand/", process.stage, name="stage"),
    path("<int:number>/kopieren/", listing.copy, name="copy"),
    path("<int:number>/vorschau/", preview.preview, name="preview"),
    path("<int:number>/modul/", process.module, name="new_module"),
    path("<int:number>/modul/<slug:public_id>/", process.module, name="module"),
    path("<int:number>/modul/<slug:public_id>/entfernen/", process.remove_module, name="remove_module"),
    path("<int:number>/phase/", process.phase, name="new_phase"),
    path("<int:number>/phase/<int:pk>/", process.phase, name="phase"),
    path("<int:number>/phase/<int:pk>/entfernen/", process.remove_phase, name="remove_phase"),
    path("<int:number>/neues/", process.news, name="news"),
    path("<int:number>/unterlage/", process.document, name="document"),
    path("<int:number>/team/", process.team, name="team"),
    path("<int:number>/team/<int:pk>/beenden/", process.leave_team, name="leave_team"),
    path("<int:number>/einladen/", process.invite, name="invite"),
    path("<int:number>/verbinden/", process.link, name="link"),
    path("<int:number>/erfassung/", entry.batches, name="batches"),
    path("<int:number>/erfassung/datei/", importing.importing, name="import"),
    path("<int:number>/erfassung/liste/<slug:public_id>/", importing.listed, name="list"),
    path("<int:number>/erfassung/unterschriften/", signatures.choose, name="signatures_choose"),
    path("<int:number>/erfassung/unterschriften/<slug:public_id>/", signatures.lists, name="signatures"),
    path("<int:number>/erfassung/unterschriften/<slug:public_id>/<int:pk>/", signatures.scan, name="signatures_scan"),
    path("<int:number>/erfassung/<int:pk>/", entry.entry, name="entry"),
    path("<int:number>/erfassung/<int:pk>/zuruecknehmen/", entry.undo, name="undo"),
    path("<int:number>/erfassung/<int:pk>/liste-zuruecknehmen/", entry.undo_all, name="undo_all"),
    path("<int:number>/erfassung/<int:pk>/foto/", entry.attach, name="attach"),
    path("<int:number>/tablets/", tablets.listing, name="tablets"),
    path("<int:number>/bogen/<slug:public_id>/", entry.print_forms, name="print"),
    path("<int:number>/foto/<slug:public_id>/", entry.picture, name="picture"),
    path("<int:number>/foto/<slug:public_id>/freigabe/", entry.release, name="release"),
    path("<int:number>/auswertung/", evaluation.evaluate, name="evaluation"),
    path("<int:number>/auswertung/export.csv", evaluation.export, name="evaluation_export"),
    path("<int:number>/auswertung/<slug:public_id>/", evaluation.one, name="contribution"),
]
