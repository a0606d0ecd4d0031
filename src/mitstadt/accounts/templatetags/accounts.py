"""allauth describes its pages with elements (`button`, `field` …); here they become the house's components."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django import forms, template
from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mitstadt.accounts.demo_people import DEMO_PASSWORD, PEOPLE
from mitstadt.kit import components as ui
from mitstadt.kit.components.html import Text, attrs, safe

register = template.Library()


@register.simple_tag(takes_context=True)
def passkey_address(context: dict[str, Any]) -> str | None:
    """None where passkeys work; else (the page was reached by an IP address, which browsers refuse) the address of this
    page under a name, "" where nobody knows one."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return None
    asked = urlsplit(f"//{request.get_host()}")
    port = asked.port
    try:
        number = ip_address(asked.hostname or "")
    except ValueError:
        return None
    if number.is_loopback:
        return f"{request.scheme}://localhost{f':{port}' if port else ''}{request.get_full_path()}"
    named = urlsplit(settings.MITSTADT_BASE_URL)
    return f"{settings.MITSTADT_BASE_URL.rstrip('/')}{request.get_full_path()}" if _is_name(named.hostname) else ""


def _is_name(host: str | None) -> bool:
    try:
        ip_address(host or "")
    except ValueError:
        return bool(host)
    return False


@register.simple_block_tag
def account_button(content: SafeString, given: dict[str, Any]) -> SafeString:
    """A button or a link that looks like one; `given` are allauth's attributes, its tags say how strong it is."""
    tags = given.get("tags") or []
    kind = "primary"
    if "danger" in tags or "delete" in tags:
        kind = "danger"
    elif {"link", "cancel", "tool", "minor"} & set(tags):
        kind = "quiet"
    elif {"outline", "secondary", "panel"} & set(tags):
        kind = "secondary"
    text = safe(content.strip())
    if given.get("href"):
        return ui.link_button(text, given["href"], kind=kind)
    extra = {key: given.get(key) for key in ("form", "id", "name", "value")}
    return ui.button(text, kind=kind, type=given.get("type") or "submit", **extra)


@register.simple_block_tag
def account_field(content: SafeString, given: dict[str, Any], hint: Text = "", value: Text = "") -> SafeString:
    """One field that allauth draws itself, outside a form class; the enclosed HTML is its label."""
    label = safe(content.strip())
    plain = {key: given.get(key) for key in ("id", "name", "readonly", "checked", "required")}
    if given.get("disabled"):  # to be read and copied, so never grey
        plain["readonly"] = True
    hint = str(hint).strip() and hint
    error = " ".join(map(str, given.get("errors") or []))
    if given.get("type") in ("checkbox", "radio"):
        box = attrs({"type": given["type"], "value": given.get("value"), **plain})
        return format_html(
            '<div class="ms-field"><div class="ms-check"><input{}><label for="{}">{}</label></div>{}</div>',
            box,
            given.get("id", ""),
            label,
            ui.plain_hint(hint),
        )
    if given.get("type") == "textarea":
        control = ui.plain_textarea({"rows": given.get("rows"), **plain}, value)
    else:
        control = ui.plain_input(
            {
                "type": given.get("type") or "text",
                "value": given.get("value"),
                "autocomplete": given.get("autocomplete"),
                **plain,
            }
        )
    return ui.plain_field(given.get("id", ""), label, control, hint, error)


@register.simple_tag
def account_form(form: forms.BaseForm) -> SafeString:
    """A form of allauth without placeholders: they vanish while typing and repeat the label."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        if field.widget.attrs.get("autocomplete") == "new-password" and field.help_text:
            field.help_text = _(
                "Mindestens 12 Zeichen. Drei Wörter hintereinander merken sich gut und sind schwer zu raten."
            )
    return ui.form(form)


@register.simple_tag
def demo_people() -> dict[str, Any]:
    """The invented people of the demo and their password, for the demo's login page."""
    return {"people": PEOPLE, "password": DEMO_PASSWORD}


@register.simple_tag
def fact_label(rule: str) -> str:
    """What a rule means, in words: ``age_16`` → "mindestens 16 Jahre alt"."""
    from mitstadt.accounts.words import fact

    return fact(rule)
