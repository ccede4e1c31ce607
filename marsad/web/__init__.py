"""The shell of every page: its frame, its design tokens, its two languages and its pictures."""
