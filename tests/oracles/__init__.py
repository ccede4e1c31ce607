"""The slow obvious twin of the core: the same definitions in plain Python, one channel and one number at a time.

Nothing here imports Marsad or NumPy. A missing value is None; lists go by channel. Where there is a second way to say the same
thing (a root instead of its formula, a count instead of a sort) the twin takes it.
"""

from tests.oracles.estimates import *
from tests.oracles.fieldwork import *
from tests.oracles.indicators import *
from tests.oracles.nodes import *
from tests.oracles.ranking import *
from tests.oracles.raters import *
from tests.oracles.stars import *
from tests.oracles.watching import *
