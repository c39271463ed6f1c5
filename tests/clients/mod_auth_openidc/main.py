"""Drives Apache's mod_auth_openidc against the issuer in ISSUER. Exits 0 when all works, 1 at the first that does not."""

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request

from apache import Apache
from browser import Browser
from registration import register
from site_under_test import PAGES, REGISTERED, SELF_REGISTERING, origin, site
from step import step

ISSUER = os.environ["ISSUER"]


def configure(ports, home):
    """Registers the first site's client, now that its port is known, and writes both sites."""
    base = origin(ports[0])
    client = register(
        ISSUER,
        {
            "client_name": "mod_auth_openidc",
            "redirect_uris": [base + "/secret/callback"],
            "post_logout_redirect_uris": [base + "/bye/"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
        },
    )
    registered = REGISTERED.format(issuer=ISSUER, client=client)
    return site(ports[0], home, registered) + site(ports[1], home, SELF_REGISTERING.format(home=home))


def shows_the_secret(page):
    """What the protected page shows of who is signed in; fails when it is another page or shows nothing."""
    assert page.status == 200 and page.heading == "Secret", f"HTTP {page.status} at {page.url}: {page.text}"
    shown = dict(re.findall(r"<p>(\w+)=(.*);</p>", page.text))
    assert shown["iss"] == ISSUER and "@" in shown["email"], page.text
    assert shown["REMOTE_USER"] not in ("", "(none)"), page.text
    return shown


def bearer(url, access_token):
    """The status and text of a GET with that access token (RFC 6750 section 2.1)."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {access_token}"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def registered_site(base):
    browser = Browser()
    with step("protects a page: sign-in, consent, then REMOTE_USER and a claim of UserInfo are on it") as evidence:
        shown = shows_the_secret(browser.walk(base + "/secret/"))
        assert browser.seen == ["sign-in", "consent"], browser.seen
        evidence += [f"REMOTE_USER {shown['REMOTE_USER']}", f"email {shown['email']}"]
    with step("opens the page again from its own session, with no trip to the server"):
        shows_the_secret(browser.walk(base + "/secret/"))
        assert browser.seen == [], browser.seen
    with step("holds a verified ID token and the answer of UserInfo"):
        held = json.loads(browser.walk(base + "/secret/callback?info=json").text)
        assert held["id_token"]["sub"] == held["userinfo"]["sub"] == shown["REMOTE_USER"], held
    with step("as a resource server, introspects the access token and lets it in (RFC 7662)"):
        status, text = bearer(base + "/api/", held["access_token"])
        assert status == 200 and f"REMOTE_USER={shown['REMOTE_USER']};" in text, f"{status} {text}"
    with step("and keeps a made-up access token out"):
        status, _ = bearer(base + "/api/", "made-up")
        assert status == 401, status
    with step("signs out at the server and comes back to its own page"):
        back = base + "/bye/"
        page = browser.walk(base + "/secret/callback?logout=" + urllib.parse.quote(back, safe=""))
        assert page.heading == "Bye" and page.url.startswith(back), f"{page.url}: {page.heading}"
    with step("sends the browser to the sign-in page after that"):
        shows_the_secret(browser.walk(base + "/secret/"))
        assert "sign-in" in browser.seen, browser.seen


def self_registering_site(base, apache):
    with step("discovers the server and registers itself, and the same walk works") as evidence:
        browser = Browser()
        # Knowing no server yet, the module asks the person for one.
        choice = browser.open(base + "/secret/")
        chosen = choice.submission(choice.only_button(), {"iss": ISSUER})
        shown = shows_the_secret(browser.walk(*chosen))
        kept = sorted(path.suffix for path in (apache.home / "metadata").iterdir())
        assert kept == [".client", ".provider"], kept
        evidence.append(f"REMOTE_USER {shown['REMOTE_USER']}")


def main():
    with Apache(ports=2, pages=PAGES, configure=configure) as apache:
        try:
            registered_site(origin(apache.ports[0]))
            self_registering_site(origin(apache.ports[1]), apache)
        except SystemExit:
            print("what Apache logged:\n" + apache.log())
            raise


main()
