"""sms-otp: a second factor. A one-time code goes to the end-user's telephone through an SMS gateway, and they type it.

Only a number that the directory says is verified gets one. Codes are few, live shortly, and wrong ones are counted over
all of an end-user's sign-ins, so that nobody guesses one. A text message is the weakest of second factors: take passkeys
or an authenticator app where you can."""

import hmac
import re

import gateway
from wit_world import exports
from wit_world.exports.authentication import (
    Authenticated,
    Decision,
    Decision_Authenticated,
    Decision_Fail,
    Input,
)
from wit_world.imports import clock, kv, log, pages, random, users
from wit_world.imports.types import User, Value_Flag, Value_Text

PASSWORD_ATTEMPTS = 3
"""How often the password may be typed."""
CODE_DIGITS = 6
CODE_MS = 300_000
"""How long a code is good, in milliseconds."""
CODES_MAX = 3
"""Most codes to one telephone within WINDOW_S of which none was typed."""
WRONG_MAX = 5
"""Most wrong codes of one end-user within WINDOW_S."""
WINDOW_S = 900
"""How long codes are counted together, in seconds."""
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""A telephone number in the international form (ITU-T E.164), without what people write between its digits."""
BETWEEN = re.compile(r"[ ().-]")


class Authentication(exports.Authentication):
    def authenticate(self, input: Input) -> Decision:
        user = input.user or by_password(input)
        if user is None:
            return Decision_Fail("Wrong username or password.")
        number = verified_number(user)
        if number is None:
            return Decision_Fail("Your account has no verified telephone number.")

        notice, codes = None, f"codes:{user.subject}"
        while kv.add(codes, 1, WINDOW_S) <= CODES_MAX:
            code, until_ms = made_code(), clock.now_ms() + CODE_MS
            gateway.send(number, f"{code} is your code to sign in. Tell it to nobody.")
            outcome = asked(user, number, code, until_ms, notice)
            if outcome == "right":
                # Whoever has the telephone may sign in as often as they like.
                kv.delete(codes)
                return Decision_Authenticated(Authenticated(user.subject, amr(input)))
            if outcome == "guessed":
                return Decision_Fail("Too many wrong codes. Try again later.")
            notice = "That code was too old. We have sent a new one." if outcome == "late" else "We have sent a new code."
        log.write(log.Level.WARN, f"{user.subject} was sent too many codes")
        return Decision_Fail("Too many codes were sent to your telephone. Try again later.")


def by_password(input: Input) -> User | None:
    """Whose password is typed."""
    username, notice = input.login.login_hint, None
    for _ in range(PASSWORD_ATTEMPTS):
        fields = [field("username", pages.FieldKind_Text(), username), field("password", pages.FieldKind_Password())]
        said = ask("Sign in", None, notice, fields, [pages.Action("login", "Sign in", False)])
        username = text(said, "username")
        user = users.verify_password(username, dict(said.values)["password"].value)
        if user is not None:
            return user
        notice = "Wrong username or password."
    return None


def verified_number(user: User) -> str | None:
    """The end-user's number, if the directory says that it is theirs."""
    claims = {claim.name: claim.value for claim in user.claims}
    number = claims.get("phone_number")
    verified = claims.get("phone_number_verified") == Value_Flag(True)
    if not verified or not isinstance(number, Value_Text):
        return None
    digits = BETWEEN.sub("", number.value)
    return digits if NUMBER.fullmatch(digits) else None


def made_code() -> str:
    # 64 bits: what one code is likelier than another by cannot be told.
    drawn = int.from_bytes(random.bytes(8), "big") % 10**CODE_DIGITS
    return f"{drawn:0{CODE_DIGITS}}"


def asked(user: User, number: str, code: str, until_ms: int, notice: str | None) -> str:
    """Asks until the code is `right`, is `late` or is to be sent `again`, or too many were wrong: `guessed`."""
    wrong = f"wrong:{user.subject}"
    while True:
        said = ask(
            "Enter your code",
            f"We have sent a code to your telephone number that ends in {number[-2:]}.",
            notice,
            [field("code", pages.FieldKind_Text())],
            [pages.Action("continue", "Continue", False), pages.Action("again", "Send a new code", True)],
        )
        if said.action == "again":
            return "again"
        if clock.now_ms() > until_ms:
            return "late"
        # Counted before it is compared: who tries many at once gets no more of them.
        if kv.add(wrong, 1, WINDOW_S) > WRONG_MAX:
            log.write(log.Level.WARN, f"{user.subject} typed too many wrong codes")
            return "guessed"
        typed = "".join(text(said, "code").split())
        if hmac.compare_digest(typed.encode(), code.encode()):
            kv.delete(wrong)
            return "right"
        notice = "This is not the code that we sent."


def amr(input: Input) -> list[str]:
    """How the end-user signed in (RFC 8176)."""
    before = input.proven if input.user else ["pwd"]
    return list(dict.fromkeys([*before, "sms", "otp", "mfa"]))


def ask(title, said, notice, fields, actions) -> pages.Answer:
    return pages.ask(pages.Form(title, said, notice, fields, actions, None))


def field(name, kind, value=None) -> pages.Field:
    return pages.Field(name, None, kind, value, None, False)


def text(answer: pages.Answer, name: str) -> str:
    return dict(answer.values)[name].value
