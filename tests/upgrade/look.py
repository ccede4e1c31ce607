"""Looks into a home with the eyes of the program as it is: prints as JSON what it finds. Run: python -m tests.upgrade.look"""

from __future__ import annotations

import json
from typing import Any

PAGES = ("/health", "/accounts/login/", "/api/v1/entities", "/api/v1/cycles/2025-1/ratings", "/api/v1/publications")


def look() -> dict[str, Any]:
    """Return what is wrong with the audit, whose tokens are open, which results are seen, and what pages answer."""
    from django.test import Client

    from marsad.accounts.audit import check_audit
    from marsad.accounts.models import Token
    from marsad.ratings.access import results_for
    from marsad.ratings.models import Cycle
    from tests import world

    browser = Client(headers={"accept-language": "en", "host": "localhost"})
    return {
        "audit": [str(fault) for fault in check_audit()],
        "tokens": [token.person.email for token in Token.objects.order_by("person__email") if token.is_open(world.NOW)],
        "password": world.omar().check_password(world.PASSWORD),
        "provisional": results_for(world.omar(), Cycle.objects.get(code="2026-1")).count(),
        "published": results_for(None, Cycle.objects.get(code="2025-1")).count(),
        "pages": {page: browser.get(page, follow=True).status_code for page in PAGES},
    }


if __name__ == "__main__":
    from marsad.config import start_server

    with start_server():
        print(json.dumps(look()))
