"""What stands between the server and plugin.py. An exception becomes a fault with its reason, and the randomness of
Python's module `random` is the server's: its own is drawn once, when the plugin is built, so every run would have the
same."""

import os
import random
import sys
import traceback
from typing import get_args

from componentize_py_types import Err
from wit_world.imports import types

_ours = set(sys.modules)
import plugin  # noqa: E402


def _draws(module):
    return any(it is random or getattr(it, "__module__", None) == "random" for it in vars(module).values())


DRAWS = any(_draws(module) for name, module in list(sys.modules.items()) if name not in _ours)
"""Whether the plugin uses `random`: to seed it costs half as much as a short run."""


def run(hook, told):
    if DRAWS:
        random.seed(os.urandom(16))
    try:
        return hook(told)
    except Err as error:
        if isinstance(error.value, get_args(types.Failure)):
            raise Err(types.Fault_Capability(error.value)) from None
        if isinstance(error.value, get_args(types.Fault)):
            raise
        raise Err(types.Fault_Unexpected(repr(error.value))) from None
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(at.filename)}:{at.lineno}"
        raise Err(types.Fault_Unexpected(f"{type(error).__name__}: {error} ({where})")) from None
