"""A browser made of HTTP alone: cookies (RFC 6265), redirects and HTML forms, and nothing that runs scripts.

It plays the end-user in the Python clients. Standard library only, so that a client needs no packages for it.
"""

import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from page import parse_page

PAGES_MOST = 8
REDIRECTS_MOST = 10
SECONDS_MOST = 30


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """One person's browser: its cookies, and which pages it was shown in the last walk (`seen`)."""

    def __init__(self, username="alice", password="wonderland"):
        self.seen = []
        self._username = username
        self._password = password
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects, jar)

    def open(self, url):
        """The page at `url`, with nothing on it answered."""
        return self._load(url, None, None)

    def walk(self, url, body=None, goal=None):
        """Follows `url` (a POST when there is a body) through sign-in, consent and sign-out pages.

        Returns the URL at `goal` it was sent to, without fetching it (a client's redirect_uri), or,
        when there is no goal, the first page that asks nothing of the end-user.
        """
        self.seen = []
        request = (url, body)
        for _ in range(PAGES_MOST):
            page = self._load(*request, goal)
            if isinstance(page, str):
                return page
            request = self._answer(page)
            if request is None:
                if goal is None:
                    return page
                raise AssertionError(f"no way on from HTTP {page.status} at {page.url}: {page.heading}")
        raise AssertionError(f"{PAGES_MOST} pages and still not at {goal}: {self.seen}")

    def _answer(self, page):
        if "loginForm:username" in page.controls:
            self.seen.append("sign-in")
            typed = {"loginForm:username": self._username, "loginForm:password": self._password}
            return page.press("loginForm:loginButton", typed)
        if "authorizeForm:allowButton" in page.controls:
            self.seen.append("consent")
            return page.press("authorizeForm:allowButton", {})
        button = page.only_button()
        if button is not None:
            self.seen.append("sign-out")
            return page.submission(button, {})
        return None

    def _load(self, url, body, goal):
        for _ in range(REDIRECTS_MOST):
            status, headers, text = self._fetch(url, body)
            if status not in (301, 302, 303, 307, 308):
                return parse_page(url, status, text)
            url = urllib.parse.urljoin(url, headers["Location"])
            if goal is not None and _is_at(url, goal):
                return url
            if status not in (307, 308):
                body = None
        raise AssertionError(f"more than {REDIRECTS_MOST} redirects, the last to {url}")

    def _fetch(self, url, body):
        request = urllib.request.Request(url, data=body, headers={"Accept": "text/html", "Accept-Language": "en"})
        if body is not None:
            # What a browser adds to a form post; a server that guards its forms by origin looks here.
            parts = urllib.parse.urlsplit(url)
            request.add_header("Origin", f"{parts.scheme}://{parts.netloc}")
            request.add_header("Referer", url)
        try:
            response = self._opener.open(request, timeout=SECONDS_MOST)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status, response.headers, response.read().decode()


def _is_at(url, goal):
    one, other = urllib.parse.urlsplit(url), urllib.parse.urlsplit(goal)
    return (one.scheme, one.netloc, one.path) == (other.scheme, other.netloc, other.path)
