"""Cycles, their evidence, the runs that rate it, and what was decided: moderation, approval, publication."""
