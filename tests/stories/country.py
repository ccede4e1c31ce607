"""What a home has before its first cycle: its people and its catalogue. Run: python -m tests.stories.country FOLDER

It begins the programme, gives everybody of the world their roles, brings in FOLDER, and prints tokens as JSON, by whose they are.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from tests.stories.homes import TOKENS


def settle(folder: Path) -> dict[str, str]:
    """Begin the programme, bring in people and catalogue, and return the secrets of tokens by whose they are."""
    from django.conf import settings
    from django.utils import timezone

    # The real one is slow on purpose, half a second for everybody.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from marsad.accounts.actions import begin_programme, issue_token
    from marsad.accounts.models import Scope
    from marsad.catalogue.actions import import_catalogue
    from marsad.core.lifecycle import Role
    from tests import world

    now = timezone.now()
    aisha = begin_programme(
        email="aisha@marsad.example", name_ar="عائشة", name_en="Aisha", password=world.PASSWORD, at=now, language="en"
    )
    people = world.everybody()._asdict() | {"machine": world.somebody("machine", roles=[(Role.INTEGRATOR, world.PORT)])}
    import_catalogue(by=aisha, path=folder, at=now)
    about = {"name": "story", "scopes": list(Scope), "expires": now + timedelta(days=1), "at": now}
    issued = {
        name: issue_token(by=people[name], person=people[name], entity_code=place, **about) for name, place in TOKENS.items()
    }
    return {name: secret for name, (_token, secret) in issued.items()}


if __name__ == "__main__":
    from marsad.config import start_server

    with start_server():
        print(json.dumps(settle(Path(sys.argv[1]))))
