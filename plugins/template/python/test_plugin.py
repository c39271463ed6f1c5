"""The plugin against a scripted server: `gatewright plugin test`."""

import unittest

from host import Host
from plugin import CustomizeToken
from wit_world.exports.customize_token import Changes, Input, TokenKind
from wit_world.imports.types import Claim, Client, Value_Texts

UNCHANGED = Changes([], None, None, None)


def token(scope=("openid",), kind=TokenKind.ACCESS, lifetime_s=3600) -> Input:
    demo = Client(id="demo", name=None, application_type="web", public=False, first_party=False)
    return Input(kind, demo, None, "authorization_code", list(scope), [], lifetime_s, [], None)


class APluginThatShortensTokens(unittest.TestCase):
    def decided(self, about: Input) -> Changes:
        with Host() as host:
            decision = CustomizeToken().customize_token(about)
        self.lines = host.lines
        return decision.value

    def test_a_token_to_personal_data_lives_a_minute_and_says_so(self):
        changes = self.decided(token(scope=("openid", "email", "phone")))
        self.assertEqual(changes.lifetime_s, 60)
        self.assertEqual(changes.claims, [Claim("personal_data", Value_Texts(["email", "phone"]))])
        self.assertEqual(self.lines, ["info: demo gets a token to email, phone"])

    def test_a_token_that_would_live_shorter_stays_as_short(self):
        self.assertEqual(self.decided(token(scope=("email",), lifetime_s=30)).lifetime_s, 30)

    def test_any_other_token_stays_as_it_is(self):
        others = [token(), token(("email",), TokenKind.ID), token(("email",), TokenKind.REFRESH)]
        for other in others:
            self.assertEqual(self.decided(other), UNCHANGED)
        self.assertEqual(self.lines, [])


if __name__ == "__main__":
    unittest.main()
