"""Everybody besides who began the programme, with their roles and tokens. Run: python -m tests.stories.country

It prints the secrets of tokens as JSON, by whose they are.
"""

from __future__ import annotations

import json
from datetime import timedelta

from tests.stories.homes import TOKENS


def settle() -> dict[str, str]:
    """Bring people in and return the secrets of their tokens, by whose they are."""
    from django.conf import settings
    from django.utils import timezone

    from marsad.accounts.actions import issue_token
    from marsad.accounts.models import Scope
    from marsad.core.lifecycle import Role
    from tests import world

    now = timezone.now()
    # The real one is slow on purpose, half a second for everybody; these sign in nowhere.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = world.everybody()._asdict() | {"machine": world.somebody("machine", roles=[(Role.INTEGRATOR, world.PORT)])}
    about = {"name": "story", "expires": now + timedelta(days=1), "at": now}
    deciding = {Scope.READ, Scope.CYCLES_APPROVE}
    issued = {
        name: issue_token(
            by=people[name],
            person=people[name],
            entity_code=place,
            scopes=deciding if name == "huda" else set(Scope) - {Scope.CYCLES_APPROVE},
            **about,
        )
        for name, place in TOKENS.items()
    }
    return {name: secret for name, (_token, secret) in issued.items()}


if __name__ == "__main__":
    from marsad.config import start_server

    with start_server():
        print(json.dumps(settle()))
