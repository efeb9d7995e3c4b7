//! Threads for work in parallel, also after a fork.

use std::sync::OnceLock;

use rayon::ThreadPoolBuilder;

/// The process in which the threads of all were made.
static FIRST: OnceLock<u32> = OnceLock::new();

/// Does work that is split among the threads of all; in a process that was forked from another,
/// which has none of these, among new ones.
pub(crate) fn on_threads<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let this = std::process::id();
    if *FIRST.get_or_init(|| this) == this {
        return work();
    }
    match ThreadPoolBuilder::new().build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}
