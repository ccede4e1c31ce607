"""Pages a person keeps: the report of a rating and the readable card of a standard, each one self-contained HTML document."""
