"""People, their roles and where they hold them, sign-in, tokens for machines, and the one audit of who did what."""
