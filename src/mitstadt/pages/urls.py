from django.urls import path

from .feeds import NewsFeed

app_name = "pages"
urlpatterns = [path("aktuelles/feed/", NewsFeed(), name="feed")]
