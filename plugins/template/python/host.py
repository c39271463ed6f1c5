"""A scripted server for the tests of a plugin: what its imports come to while a test runs."""

from contextlib import ExitStack
from unittest.mock import patch

from componentize_py_types import Err
from wit_world.imports.types import Failure_NotLent


class Host:
    """`with Host(users={"verify_password": …}) as host:` A function does what it was scripted to; what is not
    scripted was not lent. There are always a log, values of the plugin's own, a clock, and bytes that count up."""

    def __init__(self, **interfaces):
        self.lines: list[str] = []
        self.values: dict = {}
        self.now_ms = 1_790_000_000_000
        self._bytes = 0
        self._scripted = self._always()
        for name, functions in interfaces.items():
            self._scripted.setdefault(name, {}).update(functions)

    def _always(self):
        return {
            "log": {"write": lambda level, message: self.lines.append(f"{level.name.lower()}: {message}")},
            "kv": {
                "get": self.values.get,
                "put": lambda key, value, ttl_s: self.values.update({key: value}),
                "delete": lambda key: self.values.pop(key, None),
                "add": self._add,
            },
            "clock": {"now_ms": lambda: self.now_ms},
            "random": {"bytes": self._random},
        }

    def _add(self, key, by, ttl_s):
        self.values[key] = self.values.get(key, 0) + by
        return self.values[key]

    def _random(self, count):
        self._bytes += count
        return bytes(byte % 256 for byte in range(self._bytes - count, self._bytes))

    def __enter__(self):
        self._patches = ExitStack()
        for name in ("pages", "log", "users", "kv", "http", "secrets", "network", "clock", "random"):
            module = __import__(f"wit_world.imports.{name}", fromlist=[name])
            for member in _functions(module):
                act = self._scripted.get(name, {}).get(member, _not_lent(name))
                self._patches.enter_context(patch.object(module, member, act))
        return self

    def __exit__(self, *raised):
        self._patches.close()


def _functions(module):
    """The functions of an interface; the types beside them begin with a capital."""
    named = vars(module).items()
    return [name for name, it in named if callable(it) and getattr(it, "__module__", "") == module.__name__ and name.islower()]


def _not_lent(name):
    def refused(*_):
        raise Err(Failure_NotLent(name))

    return refused
