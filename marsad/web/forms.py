"""How every form is drawn: label above, help below it, what is wrong beside the field."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Drawn(TemplatesSetting):
    """Draws forms by our own templates."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"
