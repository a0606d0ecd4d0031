"""What the format tells the rooms below it at the start."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mitstadt.accounts import drafts, guests, personal
from mitstadt.kit import datasets
from mitstadt.kit import jobs as kit_jobs

from . import actions, format, jobs, open_data
from .models import Response, Sheet


def all_of_it() -> None:
    """Called by AppConfig.ready()."""
    guests.register_purpose(actions.PURPOSE, actions.confirmed, describe=actions.describe)
    for name in ("survey:answer", "survey_staff:paper", "survey_staff:question", "survey_staff:new"):
        drafts.register_form(name)
    datasets.register(open_data.RESULTS)
    kit_jobs.every("survey.results", 900, jobs.tell_results)
    kit_jobs.every("survey.files", 3600, actions.purge_files)
    personal.register(
        Response,
        label=_("Antworten in Umfragen und Abstimmungen"),
        export=_export,
        erase=actions.forget,
        retention=_("bis Sie Ihr Konto löschen; anonyme Antworten gehören niemandem"),
        choice=True,
        count=lambda person: Response.objects.filter(person.owns("user", "guest")).count(),
    )
    personal.register(
        Sheet,
        label=_("Papierbögen mit Ihrem Code"),
        export=personal.rows(Sheet, ["survey__module__title", "code", "state", "at"], guest="guest"),
        erase=personal.forget(Sheet, guest="guest"),
        retention=_("die Antworten bis zur Freigabe, die Nummer des Bogens bis zum Ende des Verfahrens"),
    )
    format.register()


def _export(person: personal.Person) -> list[dict[str, object]]:
    rows = Response.objects.filter(person.owns("user", "guest")).order_by("at")
    return [
        {
            "survey": response.survey.module.title,
            "at": response.at,
            "channel": response.channel,
            "answers": [
                {"question": a.question.text, "row": a.row, "value": a.value, "number": a.number, "text": a.text,
                 "geometry": a.geometry}
                for a in response.answers.select_related("question").order_by("pk")
            ],
        }
        for response in rows.select_related("survey__module")
    ]  # fmt: skip
