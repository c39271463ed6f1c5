"""An HTML page as a browser without scripts uses it: its heading, its links, its forms and what they submit."""

import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Control:
    """An input or a button, and the form it stands in."""

    tag: str
    attributes: dict
    form: dict

    @property
    def type(self):
        return (self.attributes.get("type") or ("submit" if self.tag == "button" else "text")).lower()


@dataclass
class Page:
    url: str
    status: int
    text: str
    heading: str = "(a page without a heading)"
    controls: dict = field(default_factory=dict)  # by id, else by a name of our own
    links: list = field(default_factory=list)

    def only_button(self):
        """The one submit button of the page, None when there is none or a choice."""
        buttons = [one for one in self.controls.values() if one.type == "submit"]
        return buttons[0] if len(buttons) == 1 else None

    def press(self, button_id, typed):
        return self.submission(self.controls[button_id], typed)

    def submission(self, button, typed):
        """The (url, body) that pressing `button` sends, with `typed` put in the fields by id, or name where it has none."""
        form = button.form
        if form is None:
            raise AssertionError(f"the button {button.attributes.get('id')} is in no form")
        entries = []
        for control in self.controls.values():
            name = control.attributes.get("name")
            if control.form is form and name and "disabled" not in control.attributes and _submits(control, button):
                key = control.attributes.get("id") or name
                entries.append((name, typed.get(key, control.attributes.get("value") or "")))
        target = urllib.parse.urljoin(self.url, form.get("action") or self.url)
        query = urllib.parse.urlencode(entries)
        if (form.get("method") or "get").lower() == "post":
            return target, query.encode()
        return target.partition("?")[0] + "?" + query, None


def _submits(control, button):
    if control.type in ("submit", "image", "button", "reset"):
        return control is button
    if control.type in ("checkbox", "radio"):
        return "checked" in control.attributes
    return True


class _Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.page = page
        self.form = None
        self.in_heading = False
        self.found = []
        self.forms = {}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.form = attributes
            self.forms[attributes.get("id")] = attributes
        elif tag in ("input", "button"):
            self.found.append(Control(tag, attributes, self.form))
        elif tag == "a" and attributes.get("href"):
            self.page.links.append(urllib.parse.urljoin(self.page.url, attributes["href"]))
        elif tag == "h1":
            self.in_heading = True
            self.page.heading = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "h1":
            self.in_heading = False

    def handle_data(self, text):
        if self.in_heading:
            self.page.heading += text.strip()


def parse_page(url, status, text):
    page = Page(url, status, text)
    reader = _Reader(page)
    reader.feed(text)
    for number, control in enumerate(reader.found):
        named = control.attributes.get("form")
        if named is not None:
            control.form = reader.forms.get(named)
        page.controls[control.attributes.get("id") or f"(unnamed {number})"] = control
    return page
