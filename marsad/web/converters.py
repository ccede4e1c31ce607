"""How codes that somebody else chose stand in an address."""

from __future__ import annotations

import re
from urllib.parse import unquote

PLAIN = re.compile(r"[A-Za-z0-9_-]")


class Pseudonym:
    """Any text as one part of an address: letters, digits, `_` and `-` as they are, every other byte as `~` and its two digits.

    A point or a stroke would be taken for a folder by browsers and by servers on the way, even where it is written `%2E`.
    """

    regex = r"(?:[A-Za-z0-9_-]|~[0-9A-F]{2})+"

    def to_python(self, value: str) -> str:
        """Return the text; raises ValueError, so that nothing is found, where its bytes are none.

        >>> Pseudonym().to_python("Lin~2F4")
        'Lin/4'
        """
        return unquote(value.replace("~", "%"), errors="strict")

    def to_url(self, value: str) -> str:
        """Return the part of an address.

        >>> Pseudonym().to_url("Lin/4")
        'Lin~2F4'
        """
        return "".join(sign if PLAIN.match(sign) else "".join(f"~{byte:02X}" for byte in sign.encode()) for sign in value)
