"""Standards as data: versioned rating schemes and their instruments, read from TOML into frozen values."""

from marsad.standards.loader import load, names, path_of
from marsad.standards.standard import Item, Standard, Text

__all__ = ["Item", "Standard", "Text", "load", "names", "path_of"]
