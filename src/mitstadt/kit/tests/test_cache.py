"""What is kept for everybody, and what never is."""

import gzip
from datetime import timedelta
from http.cookies import SimpleCookie

import brotli
import pytest
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotFound, HttpResponseRedirect, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_headers

from mitstadt.kit import cache as pages
from mitstadt.kit import clock

shown = {"count": 0}
TEXT = "<p>Radweg an der Isar</p>" * 100


def _count():
    shown["count"] += 1
    return shown["count"]


def public(request):
    return HttpResponse(f"<h1>{_count()}</h1>{TEXT} {get_language()} {request.GET.urlencode()}")


def draft(request):
    return HttpResponse(f"draft {_count()}") if request.user.is_authenticated else HttpResponseNotFound("no")


def greeting(request):
    return HttpResponse(f"{_count()} {request.user.username or 'nobody'}")


def form(request):
    return HttpResponse(f"{_count()} {get_token(request)}")


def sets_cookie(request):
    response = HttpResponse(str(_count()))
    response.set_cookie("seen", "1")
    return response


def tells(request):
    messages.success(request, "Danke")
    return HttpResponse(str(_count()))


def private(request):
    response = HttpResponse(str(_count()))
    pages.never(response)
    return response


def streamed(request):
    return StreamingHttpResponse([str(_count())])


def moved(request):
    _count()
    return HttpResponseRedirect("/public/")


def closing(request):
    response = HttpResponse(str(_count()))
    pages.until(response, clock.now() + timedelta(seconds=5))
    return response


def closed(request):
    response = HttpResponse(str(_count()))
    pages.until(response, clock.now())
    return response


@vary_on_headers("User-Agent")
def by_browser(request):
    return HttpResponse(str(_count()))


def fragment(request):
    return HttpResponse(f"{_count()} {'part' if request.htmx else 'whole'}")


@cache_control(public=True, max_age=120)
def log(request):
    return HttpResponse(f"{_count()} {request.user.username or 'nobody'}")


VIEWS = [
    *(public, draft, greeting, form, sets_cookie, tells, private, streamed, moved, closing, closed, by_browser),
    *(fragment, log),
]
urlpatterns = [path(f"{view.__name__}/", view) for view in VIEWS]


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    settings.ROOT_URLCONF = __name__
    settings.MITSTADT_PAGE_CACHE_SECONDS = 30
    settings.VAR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": __name__}}
    cache.clear()
    shown["count"] = 0


@pytest.fixture
def visitor():
    return Client()


def test_the_second_visitor_gets_the_kept_page_without_a_query(visitor, django_assert_num_queries, db):
    first = visitor.get("/public/")
    with django_assert_num_queries(0):
        second = Client().get("/public/")
    assert shown["count"] == 1
    assert first.content == second.content
    assert second["Content-Type"] == "text/html; charset=utf-8"
    assert "Age" in second


def test_security_headers_come_with_the_kept_page(visitor):
    first, second = visitor.get("/public/"), visitor.get("/public/")
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert second[name] == first[name]


def test_whoever_has_the_page_is_told_so(visitor):
    etag = visitor.get("/public/")["ETag"]
    response = visitor.get("/public/", headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag
    assert "Cookie" in response["Vary"]
    assert visitor.get("/public/", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepts", "encoding", "unpack"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_the_page_comes_compressed_as_the_reader_likes_it(visitor, accepts, encoding, unpack):
    plain = visitor.get("/public/")
    assert "Content-Encoding" not in plain
    packed = visitor.get("/public/", headers={"accept-encoding": accepts})
    assert packed["Content-Encoding"] == encoding
    assert unpack(packed.content) == plain.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert "Accept-Encoding" in packed["Vary"]


def test_a_head_request_reads_what_is_kept_but_keeps_nothing(visitor):
    visitor.head("/public/")
    assert visitor.get("/public/").content.startswith(b"<h1>2")
    response = visitor.head("/public/")
    assert (shown["count"], response.content) == (2, b"")


def test_a_signed_in_person_neither_sees_nor_leaves_a_kept_page(visitor, client_for, alice):
    assert client_for(alice).get("/greeting/").content == b"1 alice"
    assert visitor.get("/greeting/").content == b"2 nobody"
    assert client_for(alice).get("/greeting/").content == b"3 alice"
    assert Client().get("/greeting/").content == b"2 nobody"


@pytest.mark.parametrize("address", ["/greeting/", "/log/"])
def test_a_signed_in_persons_page_stays_in_their_browser(visitor, client_for, alice, address):
    """The moderation log went out with the reader's own menu and the word that any proxy may keep it."""
    assert client_for(alice).get(address)["Cache-Control"] == "private, no-cache"
    assert "private" not in visitor.get(address)["Cache-Control"]


def test_what_views_keep_private_stays_so(client_for, alice):
    assert client_for(alice).get("/private/")["Cache-Control"] == "private, no-store"


def test_staff_see_the_draft_and_visitors_do_not(visitor, client_for, editor):
    assert client_for(editor).get("/draft/").status_code == 200
    assert visitor.get("/draft/").status_code == 404
    assert client_for(editor).get("/draft/").content == b"draft 2"


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages", "django_language"])
def test_whoever_carries_a_cookie_of_ours_gets_a_fresh_page(visitor, cookie, db):
    visitor.get("/public/")
    other = Client()
    other.cookies = SimpleCookie({cookie: "x"})
    assert other.get("/public/").content.startswith(b"<h1>2")
    assert Client().get("/public/").content.startswith(b"<h1>1")


def test_somebody_elses_cookie_changes_nothing(visitor):
    visitor.get("/public/")
    other = Client()
    other.cookies = SimpleCookie({"statistics_of_the_parent_domain": "x"})
    assert other.get("/public/").content.startswith(b"<h1>1")


@pytest.mark.parametrize(
    "address", ["/form/", "/sets_cookie/", "/tells/", "/private/", "/streamed/", "/moved/", "/closed/", "/by_browser/"]
)
def test_never_kept(address, db):
    Client().get(address)
    Client().get(address)
    assert shown["count"] == 2


def test_writing_is_never_answered_from_the_cache(visitor):
    visitor.get("/public/")
    assert visitor.post("/public/").content.startswith(b"<h1>2")
    assert visitor.get("/public/").content.startswith(b"<h1>1")


def test_a_request_with_credentials_passes_by(visitor):
    visitor.get("/public/")
    assert visitor.get("/public/", headers={"authorization": "Bearer x"}).content.startswith(b"<h1>2")


@pytest.mark.parametrize("address", ["/public/?b=2&a=1", "/public/?a=1", "/public/?", "/public/?a=1&b=2&a=1"])
def test_every_address_is_its_own_page(visitor, address):
    visitor.get("/public/?a=1&b=2")
    visitor.get(address)
    assert shown["count"] == 2


def test_every_host_is_its_own_page_and_a_forged_one_leaves_nothing(visitor, settings):
    settings.ALLOWED_HOSTS = ["stadt.example", "www.stadt.example"]
    visitor.get("/public/", headers={"host": "stadt.example"})
    assert visitor.get("/public/", headers={"host": "evil.example"}).status_code == 400
    assert visitor.get("/public/", headers={"host": "www.stadt.example"}).content.startswith(b"<h1>2")
    forged = visitor.get("/public/", headers={"host": "stadt.example", "x-forwarded-host": "evil.example"})
    assert b"evil" not in forged.content
    assert forged.content.startswith(b"<h1>1")


def test_every_language_is_its_own_page(visitor):
    german = visitor.get("/public/", headers={"accept-language": "de"})
    english = visitor.get("/public/", headers={"accept-language": "en"})
    assert (b" de " in german.content, b" en " in english.content) == (True, True)


def test_a_fragment_is_never_shown_as_a_page(visitor):
    assert visitor.get("/fragment/", headers={"hx-request": "true"}).content == b"1 part"
    assert visitor.get("/fragment/").content == b"2 whole"
    assert Client().get("/fragment/", headers={"hx-request": "true"}).content == b"1 part"
    assert "HX-Request" in Client().get("/fragment/")["Vary"]


def test_a_page_ends_when_its_view_says_so(visitor, monkeypatch):
    now = pages.time.time()
    visitor.get("/closing/")
    monkeypatch.setattr(pages.time, "time", lambda: now + 4)
    assert visitor.get("/closing/").content == b"1"
    monkeypatch.setattr(pages.time, "time", lambda: now + 6)
    assert visitor.get("/closing/").content == b"2"


def test_a_page_lives_half_a_minute(visitor, monkeypatch):
    now = pages.time.time()
    visitor.get("/public/")
    monkeypatch.setattr(pages.time, "time", lambda: now + 29)
    assert visitor.get("/public/").content.startswith(b"<h1>1")
    monkeypatch.setattr(pages.time, "time", lambda: now + 31)
    assert visitor.get("/public/").content.startswith(b"<h1>2")


@pytest.mark.django_db(transaction=True)
def test_bump_forgets_every_page_at_once(visitor):
    visitor.get("/public/")
    pages.bump()
    assert visitor.get("/public/").content.startswith(b"<h1>2")


def test_every_cookie_that_the_house_sets_or_reads_is_known_to_the_cache():
    import re
    from pathlib import Path

    import mitstadt

    allowed = re.compile(r"personal_cookie|SESSION_COOKIE_NAME|CSRF_COOKIE_NAME|LANGUAGE_COOKIE_NAME")
    package = Path(mitstadt.__file__).parent
    strangers = [
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if "tests" not in file.parts and file.name != "cache.py"
        if re.search(r"\bset_cookie\(|\.COOKIES\b", text := file.read_text()) and not allowed.search(text)
    ]
    assert strangers == []
