//! [`CanonicalUrl`]: the form of a URL in which two addresses of one article are equal.

use std::borrow::Cow;
use std::fmt;

use url::Url;

/// Query parameters that track the reader and do not choose the page.
const TRACKING: [&str; 20] = [
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "ref_src",
    "ref_url",
    "cmpid",
    "ncid",
    "spm",
    "s_cid",
    "guccounter",
    "ocid",
    "__twitter_impression",
];

/// The names under which countries give out domains. What stands before one of them is a domain and no part of it.
const SECOND_LEVELS: [&str; 11] = ["ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"];

/// Query parameters (name, value) that ask for the AMP form of a page; an empty value stands for any.
const AMP: [(&str, &str); 4] =
    [("amp", ""), ("template", "amphtml"), ("outputtype", "amp"), ("outputtype", "amp-type")];

/// What is longer, in bytes, is no address: servers and browsers end there too, and what is wrapped in wrappers is unwrapped in so
/// many steps.
const MAX_BYTES: usize = 8 << 10;

/// A URL as it is compared: `https`, host in lower case without `www.`, no port, fragment, tracking parameters or trailing
/// slash, and taken out of AMP caches and web archives. A fragment that is a path (`#!/article/1`) chooses the page and stays.
///
/// ```
/// # use healthnews::article::CanonicalUrl;
/// let canonical = |text| CanonicalUrl::parse(text).unwrap().to_string();
/// assert_eq!(canonical("HTTP://www.Example.com/a/?utm_source=x#top"), "https://example.com/a");
/// assert_eq!(canonical("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/amp/"), "https://example.com/a");
/// assert_eq!(canonical("https://web.archive.org/web/20181218015531/https://example.com/a"), "https://example.com/a");
/// assert!(CanonicalUrl::parse("mailto:editor@example.com").is_none());
/// ```
///
/// Idempotent: the canonical form is its own canonical form. Paths keep their case and parameters their order,
/// because servers may tell them apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Reads an address as people write it: spaces around it, `&amp;` in it, no scheme. `None` when it is no web address, or one of
    /// more than 8 KB.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace("&amp;", "&");
        let mut url =
            web_url(&text).or_else(|| host_like(&text).then(|| web_url(&format!("https://{text}"))).flatten())?;
        if url.as_str().len() > MAX_BYTES {
            return None;
        }
        // Every step shortens the address, so this ends.
        while let Some(inner) = unwrapped(&url) {
            url = inner;
        }
        let mut form = normal_form(&url)?;
        // Dropping one part may uncover another (`/a/amp/?` …): go on until nothing changes.
        loop {
            // Without the dots behind it, a host may be none.
            let url = web_url(&form)?;
            let next = normal_form(unwrapped(&url).as_ref().unwrap_or(&url))?;
            if next == form {
                break;
            }
            form = next;
        }
        Some(Self(form))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host name, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or(&self.0);
        let place = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        // An address of IPv6 has colons of its own, between brackets.
        match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => place,
        }
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Whether a text without scheme begins like `example.com` or `www.example.com/a`.
fn host_like(text: &str) -> bool {
    let host = text.split(['/', '?', '#']).next().unwrap_or(text);
    host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        && host.chars().any(char::is_alphabetic)
}

/// The address inside an AMP cache's or a web archive's address.
fn unwrapped(url: &Url) -> Option<Url> {
    let host = url.host_str()?.trim_start_matches("www.");
    let path = url.path();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    let inner = if host.ends_with(".cdn.ampproject.org") || host == "cdn.ampproject.org" {
        // `/c/s/host/path`: c, v, i … is the kind of content, `s` says https.
        let (_, rest) = path.trim_start_matches('/').split_once('/')?;
        rest.strip_prefix("s/").unwrap_or(rest)
    } else if host.starts_with("google.") && path.starts_with("/amp/") {
        let rest = path.strip_prefix("/amp/")?;
        rest.strip_prefix("s/").unwrap_or(rest)
    } else if host == "web.archive.org" && path.starts_with("/web/") {
        path.strip_prefix("/web/")?.split_once('/')?.1
    } else {
        return None;
    };
    let inner = format!("{inner}{query}{fragment}");
    if inner.starts_with("http:") || inner.starts_with("https:") {
        web_url(&inner)
    } else if host_like(&inner) {
        web_url(&format!("https://{inner}"))
    } else {
        None
    }
}

fn normal_form(url: &Url) -> Option<String> {
    let mut host = url.host_str()?.trim_end_matches('.');
    while let Some(rest) = host
        .strip_prefix("www.")
        .filter(|rest| rest.contains('.'))
        .or_else(|| host.strip_prefix("amp.").filter(|rest| is_registered(rest)))
    {
        host = rest;
    }
    if host.is_empty() {
        return None;
    }
    let path = without_amp(url.path());
    let query = url.query().unwrap_or_default();
    // Publishers send readers without cookies to the same page, with a code of their own for each.
    let is_sent_back = query.split('&').any(|pair| pair == "error=cookies_not_supported");
    let is_of_visit = |pair: &str| {
        is_noise(pair) || is_sent_back && (pair == "error=cookies_not_supported" || pair.starts_with("code="))
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_of_visit(pair)).collect();
    let port = url.port().filter(|port| !matches!(port, 80 | 443)).map(|port| format!(":{port}")).unwrap_or_default();
    let mark = if kept.is_empty() { "" } else { "?" };
    let route = url.fragment().and_then(route).map(|route| format!("#{route}")).unwrap_or_default();
    Some(with_plain_escapes(format!("https://{host}{port}{path}{mark}{}{route}", kept.join("&"))))
}

/// Whether a host name is one that somebody can have, and not one under which a country gives them out (`com.au`).
fn is_registered(host: &str) -> bool {
    match host.split_once('.') {
        Some((name, country)) => country.len() != 2 || !SECOND_LEVELS.contains(&name),
        None => false,
    }
}

/// The path of the page of which this may be the AMP form: `/amp/a`, `/a/amp`, `/a.amp`, `/a.amp.html`.
fn without_amp(path: &str) -> Cow<'_, str> {
    let mut path = path.trim_end_matches('/');
    loop {
        let rest = path.strip_suffix("/amp").or_else(|| path.strip_suffix(".amp").filter(|rest| !rest.ends_with('/')));
        let rest = rest.or_else(|| path.strip_prefix("/amp").filter(|rest| rest.starts_with('/')));
        match rest {
            Some(rest) => path = rest.trim_end_matches('/'),
            None => break,
        }
    }
    match path.strip_suffix(".amp.html") {
        Some(rest) if !rest.ends_with('/') => Cow::Owned(format!("{}.html", rest.trim_end_matches(".amp"))),
        _ => Cow::Borrowed(path),
    }
}

/// A fragment that leads to a page within the page. Others lead to a place on it.
fn route(fragment: &str) -> Option<&str> {
    let route = fragment.trim_end_matches('/');
    (route.starts_with("!/") || route.starts_with('/')).then_some(route)
}

/// The same address with escapes in capitals, and none for characters that need none.
fn with_plain_escapes(address: String) -> String {
    if !address.contains('%') {
        return address;
    }
    let mut plain = String::with_capacity(address.len());
    let mut rest = address.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        plain.push_str(before);
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())).unwrap_or_default();
        rest = match u8::from_str_radix(digits, 16) {
            Ok(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') => {
                plain.push(char::from(byte));
                &after[2..]
            }
            Ok(_) => {
                plain.extend(["%", &digits.to_ascii_uppercase()]);
                &after[2..]
            }
            Err(_) => {
                plain.push('%');
                after
            }
        };
    }
    plain + rest
}

fn is_noise(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    name.starts_with("utm_")
        || TRACKING.contains(&name.as_str())
        || AMP.iter().any(|(amp, wanted)| name == *amp && (wanted.is_empty() || value == *wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> Option<String> {
        CanonicalUrl::parse(text).map(|url| url.to_string())
    }

    #[test]
    fn brings_the_forms_of_one_address_together() {
        for form in [
            "http://example.com/a",
            "https://www.example.com/a/",
            "https://example.com:443/a",
            "https://EXAMPLE.com/a#part",
            "https://example.com/a?utm_source=x&amp;utm_medium=y&fbclid=1",
            "https://amp.example.com/a/amp/",
            "https://example.com/a?amp=1",
            "https://www.google.com/amp/s/www.example.com/a/amp",
            "https://www-example-com.cdn.ampproject.org/v/s/www.example.com/a?amp_js=0&template=amphtml",
            "web.archive.org/web/2018/http://www.example.com/a",
            "  example.com/a  ",
            "https://example.com/a#!",
            "https://example.com/a#!/",
            "https://example.com/a#/",
            "https://example.com/amp/a",
            "https://example.com/a.amp",
            "https://example.com/%61?__twitter_impression=true",
            "https://example.com/a?error=cookies_not_supported&code=9c3f",
        ] {
            let expected =
                if form.contains("amp_js") { "https://example.com/a?amp_js=0" } else { "https://example.com/a" };
            assert_eq!(canonical(form).as_deref(), Some(expected), "{form}");
        }
    }

    #[test]
    fn escapes_are_written_in_one_way() {
        for (form, expected) in [
            ("https://example.com/~ada/x%2fy?q=a%3db", "https://example.com/~ada/x%2Fy?q=a%3Db"),
            ("https://example.com/%7Eada/x%2Fy?q=a%3Db", "https://example.com/~ada/x%2Fy?q=a%3Db"),
            ("https://example.com/100%/é%+f%2", "https://example.com/100%/%C3%A9%+f%2"),
        ] {
            assert_eq!(canonical(form).as_deref(), Some(expected), "{form}");
        }
    }

    #[test]
    fn keeps_what_chooses_the_page() {
        for kept in [
            "https://example.com/#!/article/1",
            "https://example.com/app#/article/1",
            "https://amp.com.au/a",
            "https://gov.uk/a",
            "https://example.co.uk/a",
            "https://example.com/amplifier/stamp",
            "https://example.com/a?code=7",
        ] {
            let expected = kept.replace(".com/#", ".com#");
            assert_eq!(canonical(kept).as_deref(), Some(expected.as_str()), "{kept}");
        }
        assert_eq!(canonical("http://www.amp.com.au/a#/b/").as_deref(), Some("https://amp.com.au/a#/b"));
        assert_eq!(canonical("http://www.gov.uk/a.amp.amp.html").as_deref(), Some("https://gov.uk/a.html"));
        for (url, host) in [
            ("https://example.com/#!/a", "example.com"),
            ("http://example.com:8080/a:b", "example.com"),
            ("http://[::1]:8080/", "[::1]"),
            ("http://[2001:db8::1]/a", "[2001:db8::1]"),
        ] {
            assert_eq!(CanonicalUrl::parse(url).unwrap().host(), host, "{url}");
        }
        assert_eq!(
            canonical("http://example.com/News?id=2&page=1").as_deref(),
            Some("https://example.com/News?id=2&page=1")
        );
        assert_eq!(canonical("http://example.com:8080/a b").as_deref(), Some("https://example.com:8080/a%20b"));
    }

    #[test]
    fn refuses_what_is_no_web_address() {
        for text in
            ["", "not a url", "file:///etc/passwd", "http://", "A.", "e.g. this", "mailto:a@b.c", "http://a.aa.0.."]
        {
            assert_eq!(canonical(text), None, "{text}");
        }
        assert_eq!(canonical(&"https://web.archive.org/web/1/".repeat(100_000)), None, "nobody waits for its end");
    }

    proptest! {
        #[test]
        fn is_idempotent(text in prop_oneof![
            "\\PC{0,60}",
            "https?://(www\\.|amp\\.){0,3}[a-z]{1,4}\\.[a-z]{2,3}(:[0-9]{1,4})?(/amp|/|/[a-zA-Z]{1,3}){0,5}(\\?[a-z=&]{0,12})?(#[a-z]{0,3})?",
            "https?://[a-z]{1,2}\\.(amp\\.|com\\.|co\\.){0,2}[a-z]{2}(/|%[0-9a-f]{2}|[a-z.]|\\.amp|\\.html|/amp|%2e){0,8}(#!?[/a-z%27e]{0,5})?",
            "https://(cdn\\.ampproject\\.org/c/s|web\\.archive\\.org/web/2018|google\\.com/amp/s)/([a-z]{2}\\.com|https://a.b/amp/|web\\.archive\\.org/web/1/b.com)",
        ]) {
            if let Some(once) = CanonicalUrl::parse(&text) {
                prop_assert_eq!(CanonicalUrl::parse(once.as_str()), Some(once));
            }
        }
    }
}
