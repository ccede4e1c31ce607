"""How dates and numbers are written, by language, where a template writes them without saying how."""
