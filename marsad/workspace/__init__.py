"""Working pages: what signed-in people see and do, each by their roles."""
