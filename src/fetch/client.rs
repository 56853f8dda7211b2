//! [`Client`]: one request for one feed, its redirects followed hop by hop.

use std::io::ErrorKind;
use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use ureq::http::header::{ETAG, HeaderMap, HeaderName, LAST_MODIFIED, LOCATION, RETRY_AFTER};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Error, Proxy};
use url::Url;

use super::FetchOptions;
use super::gate::{Gate, Refused};
use super::state::Known;

/// How many redirects are followed.
const MAX_HOPS: u32 = 10;
/// How long connecting may take, at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const USER_AGENT: &str = concat!("healthnews/", env!("CARGO_PKG_VERSION"));
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, \
                      application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";

/// What came.
pub(super) enum Answer {
    NotModified,
    Body { bytes: Vec<u8>, etag: Option<String>, last_modified: Option<String> },
}

/// Why nothing came.
pub(super) struct Failure {
    pub(super) what: String,
    /// Whether trying again may help.
    pub(super) may_pass: bool,
    /// How long the server asks to wait before.
    pub(super) asked: Option<Duration>,
}

/// Asks for one feed.
pub(super) struct Client {
    agent: Agent,
    max_bytes: u64,
}

impl Client {
    pub(super) fn new(feed: &Url, options: &FetchOptions) -> Self {
        let config = Agent::config_builder()
            .user_agent(USER_AGENT)
            .accept(ACCEPT)
            .http_status_as_error(false)
            // Each hop goes through our hands.
            .max_redirects(0)
            .timeout_global(Some(options.timeout))
            .timeout_connect(Some(options.timeout.min(CONNECT_TIMEOUT)))
            .proxy(if options.proxy { Proxy::try_from_env() } else { None })
            .build();
        let gate = Gate::new(feed, options.lookup);
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), gate), max_bytes: options.max_bytes }
    }

    /// What came, and where the feed has moved to for good.
    pub(super) fn get(&self, feed: &Url, known: &Known) -> Result<(Answer, Option<String>), Failure> {
        let mut url = feed.clone();
        let mut moved = None;
        let mut is_for_good = true;
        for _ in 0..=MAX_HOPS {
            let mut request = self.agent.get(url.as_str());
            if let Some(etag) = &known.etag {
                request = request.header("If-None-Match", etag);
            }
            if let Some(day) = &known.last_modified {
                request = request.header("If-Modified-Since", day);
            }
            let mut response = request.call().map_err(failure)?;
            let status = response.status().as_u16();
            let headers = response.headers();
            match status {
                200 => {
                    let (etag, last_modified) = (text(headers, &ETAG), text(headers, &LAST_MODIFIED));
                    let body = response.body_mut().with_config().limit(self.max_bytes).read_to_vec();
                    let bytes = body.map_err(failure)?;
                    return Ok((Answer::Body { bytes, etag, last_modified }, moved));
                }
                304 if known.file.is_some() => return Ok((Answer::NotModified, moved)),
                301 | 302 | 303 | 307 | 308 => {
                    url = target(&url, headers).map_err(Failure::of)?;
                    Gate::look(feed, &url).map_err(|refused| Failure::of(refused.to_string()))?;
                    is_for_good &= matches!(status, 301 | 308);
                    moved = is_for_good.then(|| url.to_string());
                }
                _ => {
                    let asked = text(headers, &RETRY_AFTER).and_then(|value| pause(&value));
                    let may_pass = matches!(status, 408 | 429 | 500 | 502 | 503 | 504);
                    return Err(Failure { what: told(status, response.status().canonical_reason()), may_pass, asked });
                }
            }
        }
        Err(Failure::of(format!("more than {MAX_HOPS} redirects")))
    }
}

impl Failure {
    fn of(what: String) -> Self {
        Self { what, may_pass: false, asked: None }
    }
}

fn told(status: u16, reason: Option<&str>) -> String {
    let said = format!("the server answers {status} {}", reason.unwrap_or_default());
    let said = said.trim_end().to_owned();
    if status == 410 { format!("{said}: the feed has ended") } else { said }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Where a redirect leads.
fn target(url: &Url, headers: &HeaderMap) -> Result<Url, String> {
    let location = text(headers, &LOCATION).ok_or("a redirect that leads nowhere")?;
    let mut next = url
        .join(location.trim())
        .map_err(|error| format!("a redirect to `{location}`, which is no address ({error})"))?;
    if !matches!(next.scheme(), "http" | "https") {
        return Err(format!("a redirect to `{location}` is not followed: only `http:` and `https:` are"));
    }
    next.set_fragment(None);
    Ok(next)
}

/// `Retry-After`: seconds, or a day.
fn pause(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::parse(value.trim()).ok()?.timestamp();
    Some(Duration::from_secs((at.as_second() - Timestamp::now().as_second()).max(0) as u64))
}

fn failure(error: Error) -> Failure {
    let may_pass = match &error {
        // Not so what will be the same next time: a certificate, a packing, a name that nobody knows.
        Error::Io(cause) => matches!(
            cause.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::NotConnected
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown
        ),
        Error::ConnectionFailed | Error::Timeout(_) => true,
        _ => false,
    };
    let what = match error {
        Error::Other(cause) if cause.is::<Refused>() => cause.to_string(),
        Error::Timeout(_) => "no answer in time".to_owned(),
        Error::HostNotFound => "the host is not known".to_owned(),
        Error::BodyExceedsLimit(limit) => format!("the response is larger than {limit} bytes"),
        Error::Decompress(_, cause) => format!("the response is packed, and broken ({cause})"),
        Error::Io(cause) => cause.to_string(),
        other => other.to_string(),
    };
    Failure { what, may_pass, asked: None }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::pause;

    #[test]
    fn reads_how_long_a_server_asks_to_wait() {
        assert_eq!(pause(" 120 "), Some(Duration::from_mins(2)));
        assert_eq!(pause("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert!(pause("Sat, 21 Oct 2215 07:28:00 GMT").unwrap() > Duration::from_secs(1_000_000_000));
        assert_eq!(pause("soon"), None);
    }
}
