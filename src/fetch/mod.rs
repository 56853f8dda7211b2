//! [`fetch`]: feeds from the net into a folder, which is then a source like any other.
//!
//! Each response that holds an item not seen before becomes a file of its own, as it came: what falls out of a feed's window is not
//! lost, and the folder stays the source of truth. What the next request needs is kept in one hidden file of the folder. A
//! file is written under a hidden name and renamed when it is whole, so that it is there or not, whenever the process ends.
//!
//! ```text
//! OPML, addresses ─► feeds ─ one thread per host, at most 8 ─► Client ─► hops, each through the Gate
//!                                                                 └─► Answer ─ is it a feed? anything new? ─► file, state
//! ```
//!
//! The room knows no index and no terminal; whoever shows how far it has come, or stops it, implements [`Observer`].

mod client;
mod gate;
mod opml;
mod report;
mod state;
mod store;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use self::client::{Answer, Client, Failure};
use self::state::{Known, Lock, State};
use crate::ingest::{FeedItems, Silent, feed_items};
use crate::{InvalidValue, Result};

pub use gate::Lookup;
pub use opml::read_opml;
pub use report::{Fetched, Outcome, Report};

/// How many hosts are asked at once. The feeds of one host are asked for one after the other.
const HOSTS_AT_ONCE: usize = 8;
/// How often a request is made that fails in a way that may pass.
const TRIES: u32 = 3;
/// A server that asks for a longer pause is left alone until the next run.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// What is remembered is written whole, so not for each of many feeds. What is lost with a killed process comes once more.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);
/// How soon a pause is broken off when the work is to stop.
const STOP_INTERVAL: Duration = Duration::from_millis(50);

/// How to [`fetch`].
#[derive(Debug, Clone)]
pub struct FetchOptions {
    /// The folder that responses are put into. It is made if it is not there.
    pub folder: PathBuf,
    /// How long one request may take, from looking up the host to the last byte.
    pub timeout: Duration,
    /// The largest response, in bytes after unpacking.
    pub max_bytes: u64,
    /// The pause before the second try; it doubles before the third. What a server asks for goes before.
    pub pause: Duration,
    /// Whether to use the proxy that the environment names. A proxy looks up hosts itself, so that behind one only redirects
    /// to addresses in numbers and to `localhost` are refused.
    pub proxy: bool,
    /// What looks up the addresses of a host, if not the system.
    pub lookup: Option<Lookup>,
}

impl FetchOptions {
    /// 30 seconds, 16 MiB, a pause of a second.
    #[must_use]
    pub fn into_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            timeout: Duration::from_secs(30),
            max_bytes: 16 << 20,
            pause: Duration::from_secs(1),
            proxy: true,
            lookup: None,
        }
    }
}

/// Told how far fetching has come, and asked whether to go on. Called from many threads.
pub trait Observer: Sync {
    /// So many feeds will be asked for.
    fn begin(&self, feeds: usize) {
        let _ = feeds;
    }

    /// This has become of one more feed.
    fn done(&self, fetched: &Fetched) {
        let _ = fetched;
    }

    /// Whether to stop. Asked often; must be quick.
    fn stop(&self) -> bool {
        false
    }
}

impl Observer for Silent {}

/// The address of a feed as people write it: `feed:` before it and no scheme stand for themselves. An error says why it is none.
///
/// ```
/// # use healthnews::fetch::address;
/// assert_eq!(address("feed://example.com/rss#top").unwrap().as_str(), "http://example.com/rss");
/// assert_eq!(address("example.com/rss").unwrap().as_str(), "https://example.com/rss");
/// assert!(address("file:///etc/passwd").is_err());
/// ```
pub fn address(text: &str) -> std::result::Result<Url, InvalidValue> {
    let text = text.trim();
    let bare = match text.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => text.to_owned(),
    };
    let has_scheme = bare.split(['/', '?', '.']).next().is_some_and(|first| first.contains(':'));
    let bare = if has_scheme || bare.is_empty() { bare } else { format!("https://{bare}") };
    let mut url = Url::parse(&bare).map_err(|error| InvalidValue(format!("`{text}` is no address ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        let scheme = url.scheme();
        return Err(InvalidValue(format!("`{text}` is no address of the web: it begins with `{scheme}:`")));
    }
    url.set_fragment(None);
    Ok(url)
}

/// The feeds that were fetched into a folder before, in alphabetical order.
#[must_use]
pub fn known_feeds(folder: &Path) -> Vec<String> {
    State::load(folder).feeds.into_keys().collect()
}

/// Downloads feeds (each once) into the folder, in parallel.
///
/// What is wrong with one feed is told in the report. An error means that the folder cannot be written, or that another process is
/// fetching into it ([`Error::FolderLocked`](crate::Error::FolderLocked)).
pub fn fetch(feeds: &[String], options: &FetchOptions, observer: &dyn Observer) -> Result<Report> {
    let start = Instant::now();
    let lock = Lock::take(&options.folder)?;
    let memory = Memory { state: State::load(&options.folder), ..Memory::default() };
    let shelf = Shelf { memory: Mutex::new(memory), options, observer, _lock: lock };

    let mut seen = BTreeSet::new();
    let mut done: Vec<Option<Fetched>> = Vec::new();
    // By the folder that their files go into.
    let mut hosts: BTreeMap<String, Vec<(usize, Url)>> = BTreeMap::new();
    for given in feeds {
        match address(given) {
            Ok(url) if seen.insert(url.to_string()) => {
                hosts.entry(store::host_name(&url)).or_default().push((done.len(), url));
                done.push(None);
            }
            Ok(_) => {}
            Err(InvalidValue(what)) => done.push(Some(Fetched::new(given.clone(), Outcome::Failed { what }))),
        }
    }
    observer.begin(done.len());
    done.iter().flatten().for_each(|fetched| observer.done(fetched));

    let workers = HOSTS_AT_ONCE.min(hosts.len());
    let queue = Mutex::new(hosts.into_values());
    let done = Mutex::new(done);
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> Result<()> {
        while let Some(feeds) = next() {
            for (place, url) in feeds {
                let Some(fetched) = shelf.fetch_one(&url)? else { return Ok(()) };
                observer.done(&fetched);
                done.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(fetched);
            }
        }
        Ok(())
    };
    let worked = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        // A thread that cannot be joined has panicked: so shall this one.
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    // Also what came before an error.
    let saved = shelf.memory().save(&options.folder);
    worked.and(saved)?;
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let is_whole = done.iter().all(Option::is_some);
    Ok(Report { feeds: done.into_iter().flatten().collect(), is_whole, took: start.elapsed() })
}

/// What is remembered, and when it was last written.
#[derive(Default)]
struct Memory {
    state: State,
    saved: Option<Instant>,
    /// Whether it says more than what was written.
    is_news: bool,
}

impl Memory {
    fn save(&mut self, folder: &Path) -> Result<()> {
        if self.is_news {
            self.state.save(folder)?;
            self.saved = Some(Instant::now());
            self.is_news = false;
        }
        Ok(())
    }
}

/// Where responses go, and what is known of those that came before.
struct Shelf<'a> {
    memory: Mutex<Memory>,
    options: &'a FetchOptions,
    observer: &'a dyn Observer,
    _lock: Lock,
}

impl Shelf<'_> {
    /// `None` when the work was stopped before there was an answer.
    fn fetch_one(&self, url: &Url) -> Result<Option<Fetched>> {
        let known = self.memory().state.feeds.get(url.as_str()).cloned().unwrap_or_default();
        // A response that is not on the shelf any more has to come again.
        let is_there = known.file.as_ref().is_some_and(|file| self.options.folder.join(file).is_file());
        let known = if is_there { known } else { Known::default() };
        let client = Client::new(url, self.options);
        let mut tries = 0;
        let answer = loop {
            if self.observer.stop() {
                // Another thread may wait for its server until the process is ended.
                self.memory().save(&self.options.folder)?;
                return Ok(None);
            }
            tries += 1;
            match client.get(url, &known) {
                Err(Failure { may_pass: true, asked, what }) if tries < TRIES => {
                    let pause = asked.unwrap_or(self.options.pause * 2_u32.pow(tries - 1));
                    if pause > MAX_PAUSE {
                        break Err(format!("{what}; it asks for a pause of {} seconds", pause.as_secs()));
                    }
                    self.pause(pause);
                }
                Err(failure) => break Err(failure.what),
                Ok(answer) => break Ok(answer),
            }
        };
        let outcome = match answer {
            Err(what) => Fetched::new(url.to_string(), Outcome::Failed { what }),
            Ok((Answer::NotModified, moved)) => Fetched { moved, ..Fetched::new(url.to_string(), Outcome::Unchanged) },
            Ok((Answer::Body { bytes, etag, last_modified }, moved)) => {
                match feed_items(&bytes) {
                    Ok(FeedItems { hashes, broken }) => {
                        // It may have been half written just then, and asked for as it is known now it would not come whole.
                        let [etag, last_modified] =
                            [etag, last_modified].map(|known| known.filter(|_| broken.is_none()));
                        let fresh = Known { etag, last_modified, ..known };
                        let outcome = self.keep(url, &bytes, hashes, fresh)?;
                        Fetched { url: url.to_string(), outcome, moved, broken }
                    }
                    Err(InvalidValue(what)) => {
                        Fetched { moved, ..Fetched::new(url.to_string(), Outcome::Failed { what }) }
                    }
                }
            }
        };
        Ok(Some(outcome))
    }

    /// Puts a response with these items on the shelf if any of them is new.
    fn keep(&self, url: &Url, bytes: &[u8], items: Vec<u64>, mut known: Known) -> Result<Outcome> {
        let old: HashSet<u64> = known.items.iter().copied().collect();
        let new = items.iter().filter(|item| !old.contains(item)).count();
        let outcome = if new == 0 && known.file.is_some() {
            Outcome::Unchanged
        } else {
            let file = store::put(&self.options.folder, url, bytes)?;
            known.file = Some(file.clone());
            Outcome::New { file, items: items.len(), new_items: new }
        };
        known.items = items;
        let mut memory = self.memory();
        memory.state.feeds.insert(url.to_string(), known);
        memory.is_news = true;
        if memory.saved.is_none_or(|saved| saved.elapsed() >= SAVE_INTERVAL) {
            memory.save(&self.options.folder)?;
        }
        Ok(outcome)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pause(&self, length: Duration) {
        let end = Instant::now() + length;
        while !self.observer.stop() {
            match end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                Some(left) => thread::sleep(left.min(STOP_INTERVAL)),
                None => return,
            }
        }
    }
}
