"""What every page goes through on its way out."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from marsad.web.numerals import ARABIC_INDIC, arabic_indic, numerals_of


class Numerals:
    """Writes Arabic pages in the digits their reader chose. Pages that come compressed were drawn in them already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on, and look at what comes back."""
        response = self.get_response(request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if not html or response.streaming or "Content-Encoding" in response or getattr(request, "LANGUAGE_CODE", "") != "ar":
            return response
        patch_vary_headers(response, ["Cookie"])
        if numerals_of(request) == ARABIC_INDIC:
            response.content = arabic_indic(response.content.decode(response.charset))
            if "Content-Length" in response:
                response["Content-Length"] = str(len(response.content))
        return response
