"""The small table the core works on: one row per channel, one column per indicator, missing values as NaN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from marsad.core.arrays import Array, Places, Texts


@dataclass(frozen=True)
class Evidence:
    """What is known of `C` channels on `I` indicators, in the scheme's order of indicators.

    `channels` `[C]` are their identifiers; `values` `[C, I]` are on each indicator's own scale; `se` `[C, I]` the standard errors
    of the values and `n` `[C, I]` the answers behind them, NaN where not given; `raters` `[C, I]` how many people scored;
    `attributes` are texts `[C]` by name (kind, peer group, denominators …). `doubt` `[C, I]` is the standard error that raters'
    severities leave, much the same error in all indicators of a source; it is in `se` already. None where severities are left in.
    """

    channels: Texts
    values: Array
    se: Array
    n: Array
    raters: Array
    attributes: Mapping[str, Texts] = field(default_factory=dict)
    doubt: Array | None = None

    @property
    def kinds(self) -> Texts:
        """Return the kind of every channel, `[C]`; one nameless kind where none is given."""
        return self.attributes.get("kind", np.full(self.channels.size, ""))

    def rows(self, chosen: Places) -> Evidence:
        """Return the evidence of the chosen channels, in that order."""
        return replace(
            self,
            channels=self.channels[chosen],
            values=self.values[chosen],
            se=self.se[chosen],
            n=self.n[chosen],
            raters=self.raters[chosen],
            attributes={name: texts[chosen] for name, texts in self.attributes.items()},
            doubt=None if self.doubt is None else self.doubt[chosen],
        )
