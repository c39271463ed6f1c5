//! A browser and its system by name, as far as its `User-Agent` tells (RFC 9110 10.1.5). It is for people to know their own
//! devices by; nothing is decided by it.

use super::super::presentable;

/// What stands in a `User-Agent`, and whose it is. Most browsers say that they are others too: the first that fits counts.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for systems.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// `Firefox · Linux`; a program that is no browser by what it calls itself; none where nothing was said.
pub(super) fn device(user_agent: Option<&str>) -> Option<String> {
    let said = user_agent?;
    let of = |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| said.contains(mark)).map(|(_, name)| *name);
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} · {system}")),
        (Some(only), None) | (None, Some(only)) => Some(only.to_owned()),
        (None, None) => Some(presentable::name(said)).filter(|name| !name.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_by_its_browser_and_system() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 \
                    Safari/537.36 Edg/131.0.0.0";
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/17.5 Mobile/15E148 Safari/604.1";
        let phone = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 \
                     Mobile Safari/537.36";
        for (said, named) in [
            (Some("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"), Some("Firefox · Linux")),
            (Some(edge), Some("Edge · Windows")),
            (Some(iphone), Some("Safari · iPhone")),
            (Some(phone), Some("Chrome · Android")),
            (Some("curl/8.11"), Some("curl/8.11")),
            (Some("Lynx on Linux"), Some("Linux")),
            (Some("\u{202e}evil\u{0}"), Some("evil")),
            (Some(""), None),
            (None, None),
        ] {
            assert_eq!(device(said).as_deref(), named, "{said:?}");
        }
    }
}
