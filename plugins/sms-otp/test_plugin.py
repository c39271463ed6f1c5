"""The telephone's owner signs in, and nobody else."""

import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "template" / "python"))

from componentize_py_types import Err
from host import Host, Waiting
from plugin import Authentication
from wit_world.exports.authentication import Authenticated, Decision_Authenticated, Decision_Fail, Enrolment, Input
from wit_world.imports import http
from wit_world.imports.types import Claim, Client, Login, Origin, Secret, User, Value_Flag, Value_Text

PASSWORD = {"username": "alice", "password": "wonderland"}


def alice(number="+4915112345689", verified=True) -> User:
    claims = [Claim("phone_number", Value_Text(number)), Claim("phone_number_verified", Value_Flag(verified))]
    return User("a1", "alice", claims)


def login(user=None, proven=()) -> Input:
    demo = Client("demo", None, "web", False, False)
    trip = Login(demo, ["openid"], [], [], None, None, [], "https://rp.example/cb", Origin("203.0.113.7", None), None)
    return Input(trip, "sms", user, list(proven), Enrolment.CLOSED, "https://op.example/return")


class ATextMessage(unittest.TestCase):
    def setUp(self):
        self.user, self.status, self.sent = alice("+49 (151) 123-456.89"), 202, []

    def host(self, *answers):
        def verify(username, password):
            return self.user if (username, self.at.typed[password.handle]) == ("alice", "wonderland") else None

        def send(request):
            self.sent.append(request)
            return http.Response(self.status, [], "")

        self.at = Host(
            answers, users={"verify_password": verify}, http={"send": send}, secrets={"get": lambda name: Secret(9)}
        )
        return self.at

    def decided(self, *answers, about=None):
        with self.host(*answers):
            return Authentication().authenticate(about or login())

    def codes(self):
        """The codes that were sent, one a message."""
        return [request.body.value.value[2].value[:6] for request in self.sent]

    def next_codes(self, count):
        """The codes that a host like this one draws."""
        with self.assertRaises(Waiting):
            self.decided(PASSWORD, *[{"action": "again"}] * (count - 1))
        codes, self.sent = self.codes(), []
        return codes

    def test_the_right_code_signs_in_by_two_factors(self):
        [code] = self.next_codes(1)
        decision = self.decided(PASSWORD, {"code": f"{code[:3]} {code[3:]}"})
        self.assertEqual(decision, Decision_Authenticated(Authenticated("a1", ["pwd", "sms", "otp", "mfa"])))
        self.assertIn("ends in 89", self.at.pages[1].text)

    def test_the_gateway_is_told_the_number_and_a_code_with_our_key(self):
        self.next_codes(1)
        with self.assertRaises(Waiting):
            self.decided(PASSWORD)
        [request] = self.sent
        self.assertEqual((request.method, request.url), ("POST", "https://sms.example.com/messages"))
        self.assertEqual(request.headers, [("authorization", http.Text_Secret(("Bearer ", Secret(9))))])
        self.assertEqual(request.body.value.value[1].value, "+4915112345689")
        self.assertRegex(self.codes()[0], "^[0-9]{6}$")

    def test_a_session_is_made_stronger_without_another_password(self):
        [code] = self.next_codes(1)
        decision = self.decided({"code": code}, about=login(alice(), ["pwd"]))
        self.assertEqual(decision.value.amr, ["pwd", "sms", "otp", "mfa"])

    def test_a_wrong_code_is_told_and_asked_again(self):
        [code] = self.next_codes(1)
        decision = self.decided(PASSWORD, {"code": "not it"}, {"code": code})
        self.assertIsInstance(decision, Decision_Authenticated)
        self.assertEqual(self.at.pages[2].notice, "This is not the code that we sent.")
        self.assertEqual(self.at.values, {}, "nothing counts against whoever has the telephone")

    def test_nobody_guesses_a_code(self):
        [code] = self.next_codes(1)
        wrong = [{"code": f"{guess}"} for guess in range(5)]
        decision = self.decided(PASSWORD, *wrong, {"code": code})
        self.assertEqual(decision, Decision_Fail("Too many wrong codes. Try again later."))
        self.assertEqual(self.at.lines, ["warn: a1 typed too many wrong codes"])

    def test_a_new_code_makes_the_one_before_worthless(self):
        first, second = self.next_codes(2)
        self.assertNotEqual(first, second)
        with self.assertRaises(Waiting):
            self.decided(PASSWORD, {"action": "again"}, {"code": first})
        self.assertIsInstance(self.decided(PASSWORD, {"action": "again"}, {"code": second}), Decision_Authenticated)

    def test_a_telephone_gets_a_limited_number_of_codes(self):
        decision = self.decided(PASSWORD, *[{"action": "again"}] * 3)
        self.assertEqual(decision, Decision_Fail("Too many codes were sent to your telephone. Try again later."))
        self.assertEqual(len(self.sent), 3)

    def test_a_code_is_good_for_five_minutes(self):
        [code] = self.next_codes(1)
        times = iter([0, 300_001, 300_001])
        host = self.host(PASSWORD, {"code": code})
        host.script("clock", now_ms=lambda: next(times))
        with host, self.assertRaises(Waiting):
            Authentication().authenticate(login())
        self.assertEqual(host.pages[2].notice, "That code was too old. We have sent a new one.")

    def test_a_wrong_password_sends_nothing(self):
        decision = self.decided(*[{"username": "alice", "password": "guess"}] * 3)
        self.assertEqual((decision, self.sent), (Decision_Fail("Wrong username or password."), []))

    def test_a_number_that_nobody_verified_gets_no_code(self):
        for user in (alice(verified=False), alice("0151 12345689"), alice("+49151;to=1"), User("a1", "alice", [])):
            self.user = user
            decision = self.decided(PASSWORD)
            self.assertEqual(decision, Decision_Fail("Your account has no verified telephone number."))
        self.assertEqual(self.sent, [])

    def test_a_gateway_that_fails_is_a_fault_and_no_sign_in(self):
        self.status = 500
        with self.assertRaises(Err) as raised:
            self.decided(PASSWORD)
        self.assertEqual(raised.exception.value.value, "the SMS gateway answered 500")


if __name__ == "__main__":
    unittest.main()
