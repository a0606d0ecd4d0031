"""`/methoden/…`. The short name of an entry is permanent."""

from __future__ import annotations

from django.urls import path

from .views import adviser, catalogue, knowledge, talk

app_name = "toolkit"

urlpatterns = [
    path("", catalogue.methods, name="methods"),
    path("katalog.<str:form>", catalogue.export, name="export"),
    path("katalog/schema.json", catalogue.schema, name="schema"),
    path("vergleich/", catalogue.compare, name="compare"),
    path("berater/", adviser.ask, name="adviser"),
    path("berater/konzept/", adviser.concept, name="concept"),
    path("berater/konzept.docx", adviser.concept_file, name="concept_file"),
    path("berater/regeln/", adviser.rules, name="rules"),
    path("berater/regeln/adviser.yaml", adviser.rules_file, name="rules_file"),
    path("kombinationen/<slug:slug>/", catalogue.combination, name="combination"),
    path("wissen/", knowledge.listing, name="knowledge"),
    path("wissen/<slug:slug>/", knowledge.entry, name="knowledge_entry"),
    path("fragen/", talk.questions, name="questions"),
    path("antwort/<slug:public_id>/", talk.accept, name="accept"),
    path("vorschlagen/", talk.suggest, name="suggest"),
    path("vorschlaege/", talk.suggestions, name="suggestions"),
    path("vorschlaege/meine/", talk.own_suggestions, name="own_suggestions"),
    path("vorschlaege/meine/<str:token>/", talk.own_suggestion, name="own_suggestion"),
    path("vorschlaege/<slug:public_id>/", talk.suggestion, name="suggestion"),
    path("<slug:slug>/", catalogue.method, name="method"),
]
