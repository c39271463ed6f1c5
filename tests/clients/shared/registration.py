"""Dynamic registration by plain POST (RFC 7591), for the libraries that leave it to their user."""

import json
import urllib.request


def fetch_json(url, document=None):
    """GETs a JSON document, or POSTs `document` as one."""
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(url, data=body, headers={"Accept": "application/json"})
    if body is not None:
        request.add_header("Content-Type", "application/json")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        return json.load(response)


def discover(issuer):
    return fetch_json(issuer + "/.well-known/openid-configuration")


def register(issuer, metadata):
    """Registers a client and returns what the server made of it."""
    return fetch_json(discover(issuer)["registration_endpoint"], metadata)
