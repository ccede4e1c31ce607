"""A page that shows every component of the shell, for people and tests to look at; the server itself does not have it."""

from pathlib import Path

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

TEMPLATES = Path(__file__).parent / "templates"
LONG = {
    "ar": "مركز الخدمة المشترك للجهات الاتحادية والمحلية في المنطقة الصناعية الثالثة بجوار ميناء التصدير",
    "en": "Shared service centre of the federal and local entities in the third industrial area beside the export port",
}


class Visit(forms.Form):
    """A form with a field of every kind."""

    name = forms.CharField(max_length=80, help_text="As it stands on the door.")
    mail = forms.EmailField()
    kind = forms.ChoiceField(choices=[("centre", "Centre"), ("app", "App")])
    day = forms.ChoiceField(choices=[("sun", "Sunday"), ("mon", "Monday")], widget=forms.RadioSelect)
    open = forms.BooleanField(required=False)
    words = forms.CharField(widget=forms.Textarea, required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component, in the language of the address."""
    form = Visit({"name": "", "mail": "nobody", "kind": "app"})
    page = Paginator(range(500), 10).page(4)
    page.range = page.paginator.get_elided_page_range(4, on_each_side=1, on_ends=1)
    rows = [
        (LONG[get_language()] if not n else f"centre-{n:02d}", 81.24 - 7 * n, 78 - 7 * n, 85 - 7 * n, 6 - n) for n in range(4)
    ]
    messages.success(request, "saved")
    return render(request, "gallery.html", {"form": form, "empty": Visit(), "page_obj": page, "rows": rows, "nothing": None})
