//! A web server on loopback that answers as a test tells it to, and remembers what it was asked.
#![expect(clippy::format_collect, reason = "small texts, put together where they are read")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// An answer, byte for byte as a server gives it.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Status line and headers, and a body of this length.
    Whole { head: String, body: Vec<u8> },
    /// A body that never ends.
    Endless { head: String },
    /// A body that is longer than what comes of it.
    Cut { body: Vec<u8> },
    /// Nothing, until the other side hangs up.
    Silence,
    /// The connection is closed at once.
    HangUp,
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    /// By name in lower case.
    pub(crate) headers: HashMap<String, String>,
}

/// Answers until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    routes: Arc<Mutex<HashMap<String, Vec<Answer>>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// 200 with a body.
pub(crate) fn ok(body: impl AsRef<[u8]>) -> Answer {
    with("200 OK", &[("Content-Type", "application/xml")], body)
}

/// A status with headers and a body.
pub(crate) fn with(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    Answer::Whole { head: format!("HTTP/1.1 {status}\r\n{headers}"), body: body.as_ref().to_vec() }
}

/// A redirect.
pub(crate) fn redirect(status: &str, location: &str) -> Answer {
    with(status, &[("Location", location)], "")
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        let (routes, asked, ended) = (Arc::default(), Arc::default(), Arc::new(AtomicBool::new(false)));
        let shared = (Arc::clone(&routes), Arc::clone(&asked), Arc::clone(&ended));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                let (routes, asked, ended) = shared.clone();
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                // Each connection has its own thread: a slow answer holds up no other.
                thread::spawn(move || stream.map(|stream| answer(&stream, &routes, &asked)));
            }
        });
        Self { address, routes, asked, ended, thread: Some(thread) }
    }

    /// Answers to a path: one after the other, the last one again and again.
    pub(crate) fn on(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.routes.lock().unwrap().insert(path.to_owned(), answers.into_iter().collect());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads one request and answers it.
fn answer(mut stream: &TcpStream, routes: &Mutex<HashMap<String, Vec<Answer>>>, asked: &Mutex<Vec<Asked>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let Some(request) = lines.next() else { return };
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = lines
        .filter_map(|line| {
            line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect();
    asked.lock().unwrap().push(Asked { path: path.clone(), headers });
    let answer = match routes.lock().unwrap().get_mut(&path) {
        Some(answers) if answers.len() > 1 => answers.remove(0),
        Some(answers) => answers[0].clone(),
        None => with("404 Not Found", &[], "nothing here"),
    };
    // The other side may hang up whenever it likes.
    let _ = match answer {
        Answer::Whole { head, body } => {
            let head = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body))
        }
        Answer::Cut { body } => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len() + 1000);
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body))
        }
        Answer::Endless { head } => {
            let begin = stream.write_all(format!("{head}Connection: close\r\n\r\n<rss>").as_bytes());
            begin.and_then(|()| {
                loop {
                    stream.write_all(&[b' '; 4096])?;
                }
            })
        }
        Answer::Silence => {
            // Until the other side hangs up; it writes no more, so that any end of this wait is that.
            let _ = stream.set_read_timeout(Some(Duration::from_mins(1)));
            std::io::Read::read(&mut stream, &mut [0]).map(|_| ())
        }
        Answer::HangUp => Ok(()),
    };
}
