# SPDX-License-Identifier: Apache-2.0
"""Runs one trial: a generator that says, one after the other, what has to be seen and whether it was."""
import json
import os
import shutil
import sys
import tempfile
import traceback


def run(make, trial):
    """Runs a trial with what `make` sets up in a folder of its own, until something is not seen, and ends the program.

    Prints one JSON object with what was seen; `ok` when all of it was. With KEEP in the environment the folder of a failure
    stays, with the logs of what ran; its name is on standard error.
    """
    folder, seen = tempfile.mkdtemp(prefix="ringfence-trial-"), {}
    try:
        place = make(folder)
        try:
            for name, value in trial(place):
                seen[name] = bool(value)
                if not value:
                    break
        finally:
            place.stop()
    except Exception as error:
        traceback.print_exc()
        seen[repr(error)] = False
    seen["ok"] = bool(seen) and all(seen.values())
    if seen["ok"] or "KEEP" not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(folder, file=sys.stderr)
    print(json.dumps(seen))
    sys.exit(0 if seen["ok"] else 1)
