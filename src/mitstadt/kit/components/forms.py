"""Forms: label, hint, error and field belong together; a summary on top lists what to correct and links to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField
from django.forms.widgets import ChoiceWidget
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .basic import button, icon
from .html import EMPTY, Text, attrs, esc, href, join, safe

CHECKS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def form(bound: forms.BaseForm) -> SafeString:
    """Error summary, hidden fields and every visible field. The page writes `<form>`, csrf_token and the button."""
    hidden = join(str_safe(field) for field in bound.hidden_fields())
    return join([error_summary(bound), hidden, *[field(f) for f in bound.visible_fields()]], "\n")


def str_safe(field: BoundField) -> SafeString:
    return safe(str(field))  # Django escapes what widgets print


def error_summary(bound: forms.BaseForm, focus: bool = True) -> SafeString:
    """What to correct, each with a link to its field. It takes the focus without JavaScript, unless `focus` is off."""
    if not bound.errors:
        return EMPTY
    items = [format_html("<li>{}</li>", e) for e in bound.non_field_errors()]
    for name in bound.errors:
        if name == NON_FIELD_ERRORS:
            continue
        bound_field = bound[name]
        target = _anchor(bound_field)
        items += [
            format_html('<li><a href="#{}">{} {}</a></li>', target, _ended(bound_field.label), e)
            for e in bound_field.errors
        ]
    return format_html(
        '<div class="ms-alert ms-alert--danger" role="alert" id="fehler" tabindex="-1"{}>{}'
        '<div class="ms-alert__text"><p class="ms-alert__title">{}</p>'
        '<ul class="ms-alert__body ms-errors">{}</ul></div></div>',
        safe(" autofocus") if focus else EMPTY,
        icon("danger"),
        _("Bitte prüfen Sie Ihre Angaben. Nichts ist verloren, was Sie geschrieben haben."),
        join(items),
    )


def _ended(label: object) -> str:
    """A label as the beginning of a line: with a colon unless it ends in a mark of its own."""
    text = str(label)
    return text if text.endswith(("?", ":", ".", "!")) else f"{text}:"


def _anchor(field: BoundField) -> str:
    """The id a link can jump to; groups of choices have their first choice."""
    return f"{field.auto_id}_0" if isinstance(field.field.widget, CHECKS) else field.auto_id


def field(bound: BoundField, hint: Text = "", label: Text = "") -> SafeString:
    """One field with label, hint and error, whatever its widget is."""
    text = hint or bound.help_text or ""
    label = label or bound.label or ""
    widget = bound.field.widget
    if isinstance(widget, CHECKS):
        return _choices(bound, label, text)
    if isinstance(widget, forms.CheckboxInput):
        return _checkbox(bound, label, text)
    return _input(bound, label, text)


def _ids(bound: BoundField, hint: object) -> str:
    parts = [f"{bound.auto_id}_hint"] if hint else []
    parts += [f"{bound.auto_id}_error"] if bound.errors else []
    return " ".join(parts)


def _hint(bound: BoundField, hint: object) -> SafeString:
    return format_html('<div class="kern-hint" id="{}_hint">{}</div>', bound.auto_id, hint) if hint else EMPTY


def _error(bound: BoundField) -> SafeString:
    if not bound.errors:
        return EMPTY
    return format_html(
        '<p class="kern-error" id="{}_error">{}<span>{}</span></p>',
        bound.auto_id,
        icon("danger"),
        join(bound.errors, " "),
    )


def _optional(bound: BoundField) -> SafeString:
    if bound.field.required:
        return EMPTY
    return format_html(' <span class="ms-field__optional">({})</span>', _("freiwillig"))


def _wrap(bound: BoundField, inner: SafeString, tag: str = "div", extra: str = "") -> SafeString:
    error = " ms-field--error" if bound.errors else ""
    return format_html('<{} class="ms-field{}{}">{}</{}>', safe(tag), extra, error, inner, safe(tag))


def _input(bound: BoundField, label: Text, hint: object) -> SafeString:
    widget = bound.field.widget
    is_select = isinstance(widget, forms.Select)
    css = "kern-form-input__select" if is_select else "kern-form-input__input"
    rendered = bound.as_widget(
        attrs={
            "class": " ".join(filter(None, [css, widget.attrs.get("class", "")])),
            "aria-describedby": _ids(bound, hint) or False,
            "aria-invalid": "true" if bound.errors else False,
            # A browser would cut a long text in silence; the form's own check names the limit and keeps the text.
            **({"maxlength": False} if isinstance(widget, forms.Textarea) else {}),
        }
    )
    body = format_html(
        '<label class="kern-label" for="{}">{}{}</label>{}{}{}',
        bound.id_for_label,
        label,
        _optional(bound),
        _hint(bound, hint),
        _error(bound),
        safe(rendered),
    )
    return _wrap(bound, body, extra=" kern-form-input")


def plain_field(id: str, label: Text, control: Text, hint: Text = "", error: Text = "") -> SafeString:
    """A field outside a form class: `control` is drawn by `plain_input`, `plain_textarea` or `plain_select`."""
    return format_html(
        '<div class="ms-field kern-form-input"><label class="kern-label" for="{}">{}</label>{}{}{}</div>',
        id,
        label,
        plain_hint(hint),
        format_html('<p class="kern-error">{}<span>{}</span></p>', icon("danger"), error) if error else EMPTY,
        control,
    )


def plain_hint(hint: Text) -> SafeString:
    return format_html('<div class="kern-hint">{}</div>', hint) if hint else EMPTY


def plain_input(values: Mapping[str, object]) -> SafeString:
    return format_html('<input class="kern-form-input__input"{}>', attrs(values))


def plain_textarea(values: Mapping[str, object], text: Text = "") -> SafeString:
    return format_html('<textarea class="kern-form-input__input"{}>{}</textarea>', attrs(values), text)


def plain_select(id: str, name: str, choices: Iterable[tuple[object, object]], chosen: object = None) -> SafeString:
    """A select outside a form class, for rows with a form each; the row writes its label."""
    options = join(
        format_html('<option value="{}"{}>{}</option>', value, safe(" selected") if value == chosen else EMPTY, text)
        for value, text in choices
    )
    return format_html(
        '<span class="ms-field"><select id="{}" name="{}" class="kern-form-input__select">{}</select></span>',
        id,
        name,
        options,
    )


def _checkbox(bound: BoundField, label: Text, hint: object) -> SafeString:
    rendered = bound.as_widget(
        attrs={
            "aria-describedby": _ids(bound, hint) or False,
            "aria-invalid": "true" if bound.errors else False,
        }
    )
    body = format_html(
        '{}<div class="ms-check">{}<label for="{}">{}</label></div>{}',
        _error(bound),
        safe(rendered),
        bound.id_for_label,
        label,
        _hint(bound, hint),
    )
    return _wrap(bound, body)


def _choices(bound: BoundField, label: Text, hint: object) -> SafeString:
    options = join(
        format_html(
            '<div class="ms-check"><input{}><label for="{}">{}</label></div>',
            attrs(choice),
            str(choice["id"]),
            text,
        )
        for choice, text in options_of(bound)
    )
    body = format_html(
        '<legend class="kern-label">{}{}</legend>{}{}<div class="kern-fieldset__body">{}</div>',
        label,
        _optional(bound),
        _hint(bound, hint),
        _error(bound),
        options,
    )
    return _fieldset(bound, body, hint)


def _fieldset(bound: BoundField, body: SafeString, hint: object) -> SafeString:
    return format_html(
        '<fieldset class="ms-field kern-fieldset{}"{}>{}</fieldset>',
        " ms-field--error" if bound.errors else "",
        attrs({"aria_describedby": _ids(bound, hint)}),
        body,
    )


def options_of(bound: BoundField) -> Iterable[tuple[dict[str, object], str]]:
    """The attributes and the label of each radio button or box of a field."""
    widget = bound.field.widget
    assert isinstance(widget, ChoiceWidget)
    kind = widget.input_type or "radio"
    required = bound.field.required and kind == "radio" and bound.form.use_required_attribute
    for index, option in enumerate(widget.subwidgets(bound.html_name, bound.value(), attrs={"id": bound.auto_id})):
        yield (
            {
                "type": kind,
                "name": option["name"],
                "value": str(option["value"]),
                "id": f"{bound.auto_id}_{index}",
                "checked": bool(option["selected"]),
                "required": bool(required),
                "disabled": bool(bound.field.disabled),
            },
            str(option["label"]),
        )


def scale(bound: BoundField, low: Text = "", high: Text = "") -> SafeString:
    """A rating scale: a field with RadioSelect and the choices 1 to 5, with words for both ends."""
    options = join(
        format_html("<label><input{}><span>{}</span></label>", attrs(choice), text)
        for choice, text in options_of(bound)
    )
    body = format_html(
        '<legend class="kern-label">{}</legend>{}{}<div class="kern-fieldset__body ms-scale">{}{}{}</div>',
        bound.label,
        _hint(bound, bound.help_text),
        _error(bound),
        format_html('<span class="ms-scale__end">{}</span>', low) if low else EMPTY,
        options,
        format_html('<span class="ms-scale__end">{}</span>', high) if high else EMPTY,
    )
    return _fieldset(bound, body, bound.help_text)


def search_field(
    label: Text,
    action: Text,
    value: Text = "",
    name: str = "q",
    hidden: Iterable[tuple[str, object]] = (),
    key: str = "",
) -> SafeString:
    """A search with its visible label; a plain GET form. `hidden` keeps other parts of the query; `key` tells a second
    one on the same page from the first.
    """
    named = format_html(' aria-label="{}"', label) if key else EMPTY
    key = key or name
    keep = join(format_html('<input type="hidden" name="{}" value="{}">', k, v) for k, v in hidden)
    return format_html(
        '<form class="ms-searchform" role="search"{} action="{}" method="get">{}'
        '<label class="ms-search__label" for="id_{}">{}</label>'
        '<div class="ms-search"><input class="ms-search__field" type="search" '
        'id="id_{}" name="{}" value="{}">{}</div></form>',
        named,
        href(action),
        keep,
        key,
        label,
        key,
        name,
        esc(value),
        button(_("Suchen")),
    )
