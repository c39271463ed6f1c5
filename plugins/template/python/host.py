"""A scripted server for the tests of a plugin: what its imports come to while a test runs."""

import importlib
from contextlib import ExitStack
from unittest.mock import patch

from componentize_py_types import Err
from wit_world.imports import pages
from wit_world.imports.types import Failure_NotLent, Secret

INTERFACES = (
    "pages log users factors totp webauthn mail recovery oidc kv http secrets network clock random".split()
)


class Waiting(BaseException):
    """The plugin asks a page that the test has no answer to. The plugin cannot catch it."""


class Host:
    """`with Host(users={"verify_password": …}) as host:` A function does what it was scripted to; what is not
    scripted was not lent. There are always a log, values of the plugin's own, a clock, bytes that count up, and pages
    that are answered by `answers`, one after the other: `{"username": "alice", "action": "login"}`."""

    def __init__(self, answers=(), **interfaces):
        self.lines: list[str] = []
        self.pages: list[pages.Form] = []
        self.typed: list[str] = []
        """What was typed as a password or a code; its secret is the place in this list."""
        self._answers = list(answers)
        self.values: dict = {}
        self.now_ms = 1_790_000_000_000
        self._bytes = 0
        self._scripted = self._always()
        for name, functions in interfaces.items():
            self.script(name, **functions)

    def script(self, interface, **functions):
        """Scripts functions of an interface."""
        self._scripted.setdefault(interface, {}).update(functions)

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
            "pages": {"ask": self._ask},
        }

    def _ask(self, form):
        self.pages.append(form)
        if not self._answers:
            raise Waiting()
        answer = dict(self._answers.pop(0))
        action = answer.pop("action", form.actions[0].name if form.actions else "continue")
        kinds = {field.name: field.kind for field in form.fields}
        return pages.Answer([(name, self._value(kinds[name], typed)) for name, typed in answer.items()], action)

    def _value(self, kind, typed):
        if isinstance(typed, bool):
            return pages.AnswerValue_Flag(typed)
        if not isinstance(kind, (pages.FieldKind_Password, pages.FieldKind_Code)):
            return pages.AnswerValue_Text(typed)
        self.typed.append(typed)
        return pages.AnswerValue_Secret(Secret(len(self.typed) - 1))

    def _add(self, key, by, ttl_s):
        self.values[key] = self.values.get(key, 0) + by
        return self.values[key]

    def _random(self, count):
        self._bytes += count
        return bytes(byte % 256 for byte in range(self._bytes - count, self._bytes))

    def __enter__(self):
        self._patches = ExitStack()
        for name in INTERFACES:
            module = importlib.import_module(f"wit_world.imports.{name}")
            for member in _functions(module):
                act = self._scripted.get(name, {}).get(member, _not_lent(name))
                self._patches.enter_context(patch.object(module, member, act))
        return self

    def __exit__(self, *raised):
        self._patches.close()


def _functions(module):
    """The functions of an interface; the types beside them begin with a capital."""
    own = [(name, it) for name, it in vars(module).items() if getattr(it, "__module__", "") == module.__name__]
    return [name for name, it in own if callable(it) and name.islower()]


def _not_lent(name):
    def refused(*_):
        raise Err(Failure_NotLent(name))

    return refused
