"""{{name}}: an access token to personal data lives a minute at most, and says what it is."""

from wit_world import exports
from wit_world.exports.customize_token import Changes, Decision, Decision_Change, Input, TokenKind
from wit_world.imports import log
from wit_world.imports.types import Claim, Value_Texts

PERSONAL = ("address", "email", "phone")
"""Scope values that open personal data."""
LIFETIME_S = 60
"""How long such a token lives at most, in seconds."""


class CustomizeToken(exports.CustomizeToken):
    """Asked before each token is signed."""

    def customize_token(self, input: Input) -> Decision:
        opened = [value for value in input.scope if value in PERSONAL]
        if input.kind is not TokenKind.ACCESS or not opened:
            return change()

        log.write(log.Level.INFO, f"{input.client.id} gets a token to {', '.join(opened)}")
        return change(
            claims=[Claim("personal_data", Value_Texts(opened))],
            lifetime_s=min(input.lifetime_s, LIFETIME_S),
        )


def change(claims=(), lifetime_s=None, audience=None, scope=None) -> Decision:
    """What is to change; what is not named stays as it is."""
    return Decision_Change(Changes(list(claims), lifetime_s, audience, scope))
