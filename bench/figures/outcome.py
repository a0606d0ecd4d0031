"""What came of it, with many: the evaluation's export of 20,000 contributions, and telling 10,000 who stand behind one
idea that its measure moved: 5,000 support it, 5,000 follow it, 1,000 of them do both."""

from __future__ import annotations

import time
from typing import Any

DATABASES = ("sqlite", "postgresql")
SETTINGS = "mitstadt.project.settings.test"
CONTRIBUTIONS, BEHIND, BOTH = 20_000, 10_000, 1_000


def run() -> dict[str, Any]:
    from mitstadt.participation import samples

    module = samples.process(format="debate", settings={"question": "Was fehlt?"}, verbs=("comment",))
    keys = _contributions(module)
    exported = _export(module.process)
    told = _tell(keys[0])
    return {**exported, **told, "met": exported["export_met"] and told["telling_met"]}


def _contributions(module: Any) -> list[int]:
    from mitstadt.kit import clock
    from mitstadt.participation.models import Assessment, Contribution
    from mitstadt.subjects.models import Subject

    now = clock.now()
    made = [
        Subject(kind="idea", title=f"Idee {n}", path=f"/i/{n}/", published=True, created_at=now, changed_at=now)
        for n in range(CONTRIBUTIONS)
    ]
    Subject.objects.bulk_create(made, batch_size=1000)
    keys = list(Subject.objects.filter(path__startswith="/i/").order_by("pk").values_list("pk", flat=True))
    process = module.process
    Contribution.objects.bulk_create(
        [
            Contribution(
                subject_id=key, process=process, module=module, kind="idea", title=f"Idee {key}", text="Worte " * 60,
                author_label="Jemand", created_at=now,
            )
            for key in keys
        ],
        batch_size=1000,
    )  # fmt: skip
    Assessment.objects.bulk_create([Assessment(contribution_id=key, process=process) for key in keys], batch_size=1000)
    return keys


def _export(process: Any) -> dict[str, Any]:
    """Until the last line has left; the first one shows that it streams."""
    import csv
    import io

    from mitstadt.participation.staff.evaluation import _ASKED, rows_of

    asked = {**dict.fromkeys(_ASKED, ""), "zeigen": "alle"}
    writer = csv.writer(io.StringIO())
    start = time.monotonic()
    first, lines = 0.0, 0
    for row in rows_of(process, asked):
        writer.writerow(row)
        lines += 1
        first = first or time.monotonic() - start
    took = time.monotonic() - start
    return {
        "export_rows": lines,
        "export_s": round(took, 2),
        "export_first_row_s": round(first, 3),
        "goal_export_s": 5,
        "export_met": lines == CONTRIBUTIONS and took <= 5,
    }


def _tell(key: int) -> dict[str, Any]:
    from mitstadt.accounts.models import User
    from mitstadt.kit import clock
    from mitstadt.kit.jobs import run_pending
    from mitstadt.notify import actions as notify
    from mitstadt.notify.models import Follow, Notification, Recipient
    from mitstadt.participation.models import Support
    from mitstadt.subjects.models import Link, Subject

    now = clock.now()
    User.objects.bulk_create([User(username=f"b{n}", email=f"b{n}@x.example") for n in range(BEHIND)], batch_size=1000)
    users = list(User.objects.filter(username__startswith="b").order_by("pk").values_list("pk", flat=True))
    Recipient.objects.bulk_create([Recipient(user_id=pk, created_at=now) for pk in users], batch_size=1000)
    half = BEHIND // 2
    Support.objects.bulk_create(
        [Support(contribution_id=key, user_id=pk, at=now) for pk in users[:half]], batch_size=1000
    )
    following = Recipient.objects.filter(user_id__in=users[half - BOTH :]).values_list("pk", flat=True)
    Follow.objects.bulk_create(
        [Follow(recipient_id=pk, subject_id=key, created_at=now) for pk in following], batch_size=1000
    )
    measure = Subject.objects.create(
        kind="measure", title="Maßnahme", path="/m/", published=True, created_at=now, changed_at=now
    )
    Link.objects.create(source_id=key, target=measure, kind=Link.Kind.CAUSED, created_at=now)
    run_pending()
    before = Notification.objects.count()
    notify.notify("bench.moved", subject=measure, title="In Umsetzung", path="/m/", key="bench:1", onward=True)
    start = time.monotonic()
    run_pending()
    took = time.monotonic() - start
    told = Notification.objects.count() - before
    people = Notification.objects.values("recipient").distinct().count()
    return {
        "told": told,
        "told_s": round(took, 2),
        "goal_told_s": 30,
        "telling_met": told == people == BEHIND and took <= 30,
    }
