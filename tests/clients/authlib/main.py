"""Drives PyPI's Authlib against the issuer in ISSUER. Exits 0 when all of it works, 1 at the first that does not."""

import os

from application import CALLBACK, ORIGIN, SIGNED_OUT, web_application
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from browser import Browser
from registration import discover, register
from step import step

ISSUER = os.environ["ISSUER"]


def path_of(url):
    """What the web server of the application would be asked for."""
    assert url.startswith(ORIGIN), url
    return url[len(ORIGIN):]


def new_client(method):
    return register(
        ISSUER,
        {
            "client_name": "Authlib",
            "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": [SIGNED_OUT],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": method,
        },
    )


def sign_in(app, browser):
    """Runs the application's login in `browser` and returns what its callback answered."""
    server = app.test_client()
    to = server.get("/login").headers["Location"]
    answer = server.get(path_of(browser.walk(to, goal=CALLBACK)))
    assert answer.status_code == 200, answer.text
    return answer.get_json(), server


def web_login(method):
    """One sign-in of the application, its client authenticating by `method`."""
    with step(f"registers a client with {method}") as evidence:
        client = new_client(method)
        evidence.append(client["client_id"])
    app = web_application(ISSUER, client)
    browser = Browser()
    with step("signs in with PKCE, redeems the code and verifies the ID token") as evidence:
        answer, server = sign_in(app, browser)
        claims = answer["id_token_claims"]
        assert claims["iss"] == ISSUER and client["client_id"] in claims["aud"], claims
        assert browser.seen == ["sign-in", "consent"], browser.seen
        evidence.append(f"sub {claims['sub']}")
    with step("reads UserInfo with the same subject") as evidence:
        userinfo = answer["userinfo"]
        assert userinfo["sub"] == claims["sub"] and userinfo["email"], userinfo
        evidence.append(userinfo["email"])
    return client, answer["tokens"], server, browser


def token_endpoints(client, tokens):
    """Refresh, introspection and revocation through Authlib's plain OAuth 2.0 session."""
    metadata = discover(ISSUER)
    session = OAuth2Session(
        client["client_id"],
        client["client_secret"],
        token=tokens,
        token_endpoint=metadata["token_endpoint"],
        token_endpoint_auth_method=client["token_endpoint_auth_method"],
        revocation_endpoint_auth_method=client["token_endpoint_auth_method"],
    )
    with step("refreshes, and the new access token opens UserInfo"):
        fresh = session.refresh_token()
        assert fresh["access_token"] != tokens["access_token"]
        session.get(metadata["userinfo_endpoint"]).raise_for_status()
    with step("introspects the access token as active") as evidence:
        answer = session.introspect_token(metadata["introspection_endpoint"], fresh["access_token"]).json()
        assert answer["active"] is True, answer
        evidence.append(f"scope {answer['scope']}")
    with step("revokes the refresh token, which then gives nothing") as evidence:
        session.revoke_token(metadata["revocation_endpoint"], fresh["refresh_token"], "refresh_token").raise_for_status()
        try:
            session.refresh_token(refresh_token=fresh["refresh_token"])
        except AuthlibBaseError as refusal:
            assert refusal.error == "invalid_grant", refusal
            evidence.append(refusal.error)
        else:
            raise AssertionError("a revoked refresh token was accepted")


def logout(server, browser):
    with step("signs out and comes back with the state it sent"):
        to = server.get("/logout").headers["Location"]
        answer = server.get(path_of(browser.walk(to, goal=SIGNED_OUT)))
        assert answer.get_json() == {"signed_out": True}, answer.text
    with step("is shown the sign-in page again after that"):
        browser.walk(server.get("/login").headers["Location"], goal=CALLBACK)
        assert "sign-in" in browser.seen, browser.seen


client, tokens, server, browser = web_login("client_secret_basic")
token_endpoints(client, tokens)
logout(server, browser)
web_login("client_secret_post")
web_login("none")
