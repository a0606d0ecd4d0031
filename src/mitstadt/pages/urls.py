from django.urls import path

from mitstadt.kit import past

from .feeds import NewsFeed

app_name = "pages"
urlpatterns = [path("aktuelles/feed/", past.shown(NewsFeed()), name="feed")]
