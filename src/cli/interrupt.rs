//! Ctrl-C, and a SIGTERM, while an index is being built.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Exit;

/// How long the work may take to come to its own end after the first Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(1);

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C asks the work to stop, and ends the process with this code if it does not soon.
///
/// An index is never half-written, whenever the process ends; a build that comes to its own end also tidies up.
pub(crate) fn listen(end: Exit) {
    // Fails only when a handler is set already.
    let _ = ctrlc::set_handler(move || {
        if !STOP.swap(true, Ordering::Relaxed) {
            std::thread::sleep(PATIENCE);
        }
        std::process::exit(end as i32);
    });
}

/// Whether the work should stop.
pub(crate) fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}
