"""One line on stdout for each thing proved; the first that fails ends the program with exit status 1."""

import contextlib
import sys
import traceback


@contextlib.contextmanager
def step(sentence):
    """Prints `sentence` when the block ends well, with what the block appended to the list it is given."""
    evidence = []
    try:
        yield evidence
    except Exception:
        print(f"  NOT {sentence}", flush=True)
        traceback.print_exc(file=sys.stdout)
        sys.exit(1)
    print(f"  ok  {sentence}" + (f": {', '.join(map(str, evidence))}" if evidence else ""), flush=True)
