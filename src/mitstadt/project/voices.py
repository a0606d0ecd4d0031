"""People who speak in the demo city: `content/voices.yaml` of the city's folder, told through the rooms' own actions.

Every happening gets its moment in the past; they are then done in the order of time with the clock stopped at each, so
that audit, deadlines, notifications and feeds are what they would be had it all really happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from mitstadt.accounts import guests
from mitstadt.accounts.actions import add_proof
from mitstadt.accounts.actor import EDITOR, Actor, actor_for
from mitstadt.accounts.keyed import email_hash
from mitstadt.accounts.models import Guest, Proof, Trust, User
from mitstadt.comments import actions as comments
from mitstadt.comments import conf, rules
from mitstadt.comments.models import Comment, Question
from mitstadt.kit import clock, demo, yamls
from mitstadt.kit.city import current
from mitstadt.kit.errors import DomainError
from mitstadt.moderation import actions as moderation
from mitstadt.moderation.models import Case, Outcome
from mitstadt.notify import actions as notify
from mitstadt.notify import jobs
from mitstadt.notify.models import Event
from mitstadt.organisations import actions as organisations
from mitstadt.organisations.models import Organisation
from mitstadt.radar.models import Measure
from mitstadt.ratings import actions as ratings
from mitstadt.ratings.models import SCALES
from mitstadt.subjects.models import Subject

ORDER = 800  # after the strategy (600) and the editorial pages (650)
OFFICE = time(10, 30)  # when staff write
KNOWN_STAFF = {"KOORD": "koordination", "RIT": "redaktion", "KVR": "redaktion-kvr"}
MODERATORS = ("moderation@example.org", "moderation-2@example.org")
QUIET_GUESTS = 14  # people without an account who only rate
Data = dict[str, Any]
Work = Callable[[], object]


def register() -> None:
    """Called when the project starts."""
    demo.register(ORDER, "Stimmen", load)


def load() -> str | None:
    """Let the invented people speak; those who have spoken stay silent. None without a file.

    Raises DomainError outside the demo, ValueError where the file names something unknown or a moment to come.
    """
    if not settings.MITSTADT_DEMO:
        raise DomainError("Invented people speak in the demo only.")
    path = current().folder / "content" / "voices.yaml"
    if not path.exists():
        return None
    if not Comment.objects.filter(is_example=True, user__email__endswith=RESIDENT_MAIL).exists():
        data = yamls.read(path)
        with override("de"), transaction.atomic():
            Story(data).tell()
    return f"{Comment.objects.filter(is_example=True).count()} Beiträge"


# -- who -------------------------------------------------------------------------------------------
RESIDENT_MAIL = ".beispiel@example.org"


class People:
    """Actors by the short names of the file. Nobody can sign in as one of them: their passwords are unusable."""

    def __init__(self, data: Data) -> None:
        self.actors: dict[str, Actor] = {}
        self.raters: list[Actor] = []
        for key, person in data["residents"].items():
            user = _account(f"{key}{RESIDENT_MAIL}", person["name"], person.get("trust", 1))
            self.actors[key] = actor_for(user)
            if person.get("rates", True):
                self.raters.append(self.actors[key])
        self.actors["buergerin"] = actor_for(User.objects.get(email="buergerin@example.org"))
        self.raters.append(self.actors["buergerin"])
        for code, function in data["staff"].items():
            department = Organisation.objects.get(code=code)
            user = _account(f"redaktion-{code.lower()}@example.org", "", 1)
            organisations.grant_by_system(user, department, EDITOR, function)
            self.actors[code] = actor_for(user, second_factor=True)
        for code, name in KNOWN_STAFF.items():
            self.actors[code] = _staff(f"{name}@example.org")
        self.quiet = [guests.actor_of(_guest(f"gast-{number}")) for number in range(1, QUIET_GUESTS + 1)]

    def __getitem__(self, name: str) -> Actor:
        """Raises ValueError for somebody whom the file does not introduce."""
        if name not in self.actors:
            if not name.startswith("guest:"):
                raise ValueError(f"voices.yaml: nobody is called {name!r}")
            self.actors[name] = guests.actor_of(_guest(name))
        return self.actors[name]


def _staff(email: str) -> Actor:
    return actor_for(User.objects.get(email=email), second_factor=True)


def _account(email: str, pseudonym: str, trust: int) -> User:
    from allauth.account.models import EmailAddress

    found = User.objects.filter(email=email).first()
    if found is not None:
        return found
    user = User(email=email, pseudonym=pseudonym, is_example=True, date_joined=clock.now())
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    add_proof(user.pk, Proof.Way.EMAIL, Trust.EMAIL)
    if trust >= Trust.RESIDENT:
        add_proof(user.pk, Proof.Way.LETTER, Trust.RESIDENT)
    user.refresh_from_db()
    return user


def _guest(name: str) -> Guest:
    now = clock.now()
    made = {"created_at": now, "confirmed_at": now, "seen_at": now, "is_example": True}
    found, _created = Guest.objects.get_or_create(email_hash=email_hash(_mail_of(name)), defaults=made)
    return found


def _mail_of(guest: str) -> str:
    word = "".join(c for c in guest.partition(":")[2].lower() if c.isascii() and c.isalpha())
    return f"{word or guest}.gast@example.org"


# -- when ------------------------------------------------------------------------------------------
def working_days_later(moment: datetime, days: int) -> datetime:
    """The `days`-th working day after `moment`, in office hours."""
    state, catholic = conf.calendar()
    day = rules.add_working_days(timezone.localdate(moment), days, state, catholic)
    return datetime.combine(day, OFFICE, tzinfo=timezone.get_current_timezone())


def _days_ago(days: int, at: str) -> datetime:
    return datetime.combine(
        clock.today() - timedelta(days=days), time.fromisoformat(at), tzinfo=timezone.get_current_timezone()
    )


# -- what ------------------------------------------------------------------------------------------
class Story:
    """Collects what happens when, and then lets it happen in that order."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.plan: list[tuple[datetime, Work]] = []
        self.started = clock.now()
        self.written: dict[int, Comment] = {}  # by id() of the entry in the file
        self.named: dict[str, Comment] = {}
        with clock.at(_days_ago(200, "12:00")):
            self.people = People(data)
        rows = Measure.objects.filter(subject__published=True).select_related("subject")
        self.measures: dict[str, Subject] = {row.slug: row.subject for row in rows}

    def at(self, moment: datetime, work: Work) -> None:
        """Let `work` happen at `moment`. Raises ValueError for a moment that has not come."""
        if moment > self.started:
            raise ValueError(f"voices.yaml: {moment:%Y-%m-%d %H:%M} has not come yet; make `ago` larger")
        self.plan.append((moment, work))

    def arrange(self) -> None:
        """Give everything in the file its moment."""
        for follower, wish in self.data["follows"].items():
            self.follow(self.people[follower], wish)
        for slug, entry in self.data["measures"].items():
            self.rate(self.subject(slug), entry.get("ratings", {}))
            for voice in entry["voices"]:
                self.speak(self.subject(slug), voice)
        for entry in self.data["moderation"]:
            self.moderate(entry)

    def tell(self) -> None:
        self.arrange()
        newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for moment, work in sorted(self.plan, key=lambda planned: planned[0]):
            with clock.at(moment):
                work()
                # followers are told at that moment, not when the worker starts
                untold = Event.objects.filter(pk__gt=newest, told_at__isnull=True).values_list("pk", flat=True)
                for event in list(untold):
                    jobs.fan_out(event)

    def subject(self, slug: str) -> Subject:
        if slug not in self.measures:
            raise ValueError(f"voices.yaml: no public measure {slug!r}")
        return self.measures[slug]

    # -- following and rating
    def follow(self, actor: Actor, wish: Data) -> None:
        since = _days_ago(wish["ago"], "18:00")
        for slug in wish["measures"]:
            subject = self.subject(slug)
            self.at(since, lambda subject=subject: notify.follow(actor, subject=subject, cadence="weekly"))  # type: ignore[misc]
        self.at(_days_ago(wish["read"], "20:00"), lambda: notify.mark_read(actor))

    def rate(self, subject: Subject, chosen: Data) -> None:
        """Three digits for each person, 0 for a scale left out; spread over the last three months."""
        for key, people in (("accounts", self.people.raters), ("guests", self.people.quiet)):
            for number, digits in enumerate(str(chosen.get(key, "")).split()):
                values = {scale: int(digit) or None for scale, digit in zip(SCALES, digits, strict=True)}
                actor = people[number]
                when = _days_ago(5 + (number * 17 + subject.pk * 7) % 85, f"{8 + (number * 5) % 14:02}:24")

                def give(actor: Actor = actor, values: dict[str, int | None] = values) -> None:
                    ratings.rate(actor, subject, **values, is_example=True)

                self.at(when, give)

    # -- speaking and answering
    def speak(self, subject: Subject, voice: Data) -> datetime:
        """Schedule one contribution with everything that follows from it; returns when it is written."""
        moment = _days_ago(voice["ago"], voice["at"])
        self.at(moment, lambda: self.write(subject, voice))
        for reply in voice.get("replies", []):
            if "after" in reply:
                then = working_days_later(moment, reply["after"])
            else:
                then = moment + timedelta(hours=reply["later"])
            self.at(then, lambda reply=reply: self.write(subject, reply, voice))  # type: ignore[misc]
        for name in ("interim", "forward", "bundle", "answer", "outcome"):
            if name in voice:
                step, work = voice[name], getattr(self, name)
                when = working_days_later(moment, step["after"])
                self.at(when, lambda step=step, work=work: work(voice, step, self.people[step["by"]]))  # type: ignore[misc]
        return moment

    def write(self, subject: Subject, voice: Data, parent: Data | None = None) -> None:
        name = voice["by"]
        guest = name.partition(":")[2]
        actor = self.people[name]
        if guest:
            notify.reachable(actor, _mail_of(name))
        comment = comments.add(
            actor,
            subject,
            voice["text"],
            parent=self.written[id(parent)] if parent is not None else None,
            wants_answer=voice.get("ask", False),
            name=guest,
            is_example=True,
        )
        self.written[id(voice)] = comment
        if "id" in voice:
            self.named[voice["id"]] = comment

    def question(self, voice: Data) -> Question:
        rows = Question.objects.select_related("comment__subject", "comment__about", "department")
        return rows.get(pk=self.written[id(voice)].pk)

    def interim(self, voice: Data, step: Data, actor: Actor) -> None:
        comments.interim(actor, self.question(voice), step["text"])

    def forward(self, voice: Data, step: Data, actor: Actor) -> None:
        comments.forward(actor, self.question(voice), Organisation.objects.get(code=step["to"]), step["reason"])

    def bundle(self, voice: Data, step: Data, actor: Actor) -> None:
        lead = Question.objects.get(pk=self.named[step["under"]].pk)
        comments.bundle(actor, self.question(voice), lead)

    def answer(self, voice: Data, step: Data, actor: Actor) -> None:
        comments.answer(actor, self.question(voice), step["text"], is_example=True)

    def outcome(self, voice: Data, step: Data, actor: Actor) -> None:
        comments.link_outcome(actor, self.written[id(voice)], self.subject(step["target"]), step["note"])

    # -- moderating
    def moderate(self, entry: Data) -> None:
        voice, told = entry["voice"], entry["report"]
        reported = self.speak(self.subject(entry["measure"]), voice) + timedelta(hours=told["later"])
        self.at(reported, lambda: self.report(voice, told))
        decision = entry.get("decision")
        if decision is None:
            return
        first, second = (_staff(email) for email in MODERATORS)
        decided = working_days_later(reported, decision["after"])
        self.at(decided, lambda: self.decide(first, voice, decision))
        if "appeal" not in entry:
            return
        appealed = decided + timedelta(hours=entry["appeal"]["later"])
        author = self.people[voice["by"]]
        self.at(appealed, lambda: moderation.appeal(author, self.case(voice), entry["appeal"]["text"]))
        last = entry["second"]
        self.at(
            working_days_later(appealed, last["after"]),
            lambda: moderation.decide_appeal(second, self.case(voice), lift=last["lift"], facts=last["facts"]),
        )

    def case(self, voice: Data) -> Case:
        return Case.objects.select_related("subject").get(subject=self.written[id(voice)].subject)

    def report(self, voice: Data, told: Data) -> None:
        subject = Subject.objects.get(pk=self.written[id(voice)].pk)
        moderation.report(self.people[told["by"]], subject, reason=told["reason"], text=told["text"], good_faith=True)

    def decide(self, actor: Actor, voice: Data, decision: Data) -> None:
        outcome = Outcome.KEEP if decision.get("keep") else Outcome.RESTRICT
        moderation.decide(
            actor, self.case(voice), outcome=outcome, ground=decision.get("ground", ""), facts=decision["facts"]
        )
