"""`marsad serve` whose workers are missed after three seconds of silence, not twenty. Run: python -m tests.stories.hurried serve

Its workers are this module too: whoever keeps them up starts them with a lifeline.
"""

import sys

if __name__ == "__main__":
    if "--lifeline" in sys.argv:
        from marsad.config.worker import Pulse, main

        main(Pulse(beat_seconds=0.5, stalled_seconds=3.0))
    else:
        from marsad.cli import main as command
        from marsad.cli import serve

        serve.JOBS = "tests.stories.hurried"
        raise SystemExit(command())
