"""The SMS gateway: `POST` of a number and a text as JSON, with a bearer key; 200, 201 or 202 mean that it is on its way."""

from componentize_py_types import Err
from wit_world.imports import http, secrets
from wit_world.imports.types import Fault_Unexpected, Node_Members, Node_Text, Value_Structure

URL = "https://sms.example.com/messages"
"""Where it is; `lend` names the same origin."""
KEY = "sms_gateway_key"
"""The secret that we show it."""
TIMEOUT_MS = 3_000
"""How long it may take to answer."""


def send(number: str, text: str) -> None:
    """Sends a text message. What the gateway does not take is a fault: nobody signs in without a code."""
    parts = [Node_Members([("to", 1), ("text", 2)]), Node_Text(number), Node_Text(text)]
    request = http.Request(
        method="POST",
        url=URL,
        headers=[("authorization", http.Text_Secret(("Bearer ", secrets.get(KEY))))],
        body=http.Body_Json(Value_Structure(parts)),
        timeout_ms=TIMEOUT_MS,
    )
    status = http.send(request).status
    if status not in (200, 201, 202):
        raise Err(Fault_Unexpected(f"the SMS gateway answered {status}"))
