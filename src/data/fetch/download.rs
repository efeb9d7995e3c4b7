//! Downloads that resume, are verified, and never leave a part of a file under its name.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use ureq::http::HeaderMap;

use crate::data::error::DataError;
use crate::data::formats::file::{io, LIMIT};
use crate::digest::sha256_of_file;

/// A connection that breaks is taken up again this often where it broke off.
const RETRIES: u32 = 5;

/// Before the n-th retry, n times this.
const PAUSE: Duration = Duration::from_millis(200);

/// A server that is silent for so long is taken to be gone.
const SILENCE: Duration = Duration::from_secs(60);

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Bytes received.
    pub done: u64,
    /// Length of the file in bytes, if the server says.
    pub total: Option<u64>,
}

/// Downloads a file to `destination` from the first of `addresses` that has it with the right
/// SHA-256.
///
/// What has arrived is kept in `destination` with `.part` appended, and a later call goes on from
/// there; it gets its name when its digest is right, and is deleted when that is wrong. A
/// connection that breaks is taken up again five times. The folder of `destination` must exist.
///
/// # Errors
/// [`DataError::Unavailable`] says what each server answered; [`DataError::Io`] if the file cannot
/// be written.
pub fn download(
    addresses: &[String],
    sha256: &str,
    destination: &Path,
    report: &mut dyn FnMut(Transfer),
) -> Result<(), DataError> {
    let mut part = destination.as_os_str().to_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut reasons = Vec::new();
    for address in addresses {
        match from_server(address, sha256, &part, report) {
            Ok(()) => {
                return std::fs::rename(&part, destination).map_err(|error| io(destination, error))
            }
            Err(Failure::Disk(error)) => return Err(io(&part, error)),
            Err(Failure::Cut(reason) | Failure::Refused(reason)) => {
                reasons.push(format!("{address}: {reason}"))
            }
        }
    }
    if part.metadata().is_ok_and(|part| part.len() == 0) {
        std::fs::remove_file(&part).map_err(|error| io(&part, error))?;
    }
    Err(DataError::Unavailable {
        file: destination
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        reasons: reasons.join("; "),
    })
}

/// Why a file did not arrive.
enum Failure {
    /// The connection broke: worth another attempt.
    Cut(String),
    /// This server has nothing for us; the next may.
    Refused(String),
    /// It cannot be stored, whoever sends it.
    Disk(std::io::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Gets the whole file from one server, and verifies it.
fn from_server(
    address: &str,
    sha256: &str,
    part: &Path,
    report: &mut dyn FnMut(Transfer),
) -> Result<(), Failure> {
    let continued = part.metadata().is_ok_and(|part| part.len() > 0);
    let result = with_retries(address, part, report).and_then(|()| verify(sha256, part));
    match result {
        // What was there before may have been wrong, and not what this server sent.
        Err(Failure::Refused(_)) if continued && !part.exists() => {
            with_retries(address, part, report)?;
            verify(sha256, part)
        }
        result => result,
    }
}

fn with_retries(
    address: &str,
    part: &Path,
    report: &mut dyn FnMut(Transfer),
) -> Result<(), Failure> {
    for retry in 1..=RETRIES {
        match receive(address, part, report) {
            Err(Failure::Cut(_)) => std::thread::sleep(PAUSE * retry),
            result => return result,
        }
    }
    receive(address, part, report)
}

/// Appends what the server still has to the partial file.
fn receive(address: &str, part: &Path, report: &mut dyn FnMut(Transfer)) -> Result<(), Failure> {
    let mut file = OpenOptions::new().create(true).append(true).open(part)?;
    let mut done = file.metadata()?.len();
    let response = request(address, done)?;
    match response.status().as_u16() {
        206 if range_start(response.headers()) == Some(done) => {}
        206 => {
            // Appending another piece would spoil the file.
            file.set_len(0)?;
            return Err(Failure::Cut(
                "the server sent another range than the one asked for".to_string(),
            ));
        }
        200 => {
            // The server sends the whole file, whatever was asked.
            file.set_len(0)?;
            done = 0;
        }
        // Nothing follows what is already here: it is whole, or it is wrong.
        416 if done > 0 => return Ok(()),
        status => return Err(Failure::Refused(format!("status {status}"))),
    }
    let rest = response
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let total = rest.and_then(|rest| done.checked_add(rest));
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = body
            .read(&mut buffer)
            .map_err(|error| Failure::Cut(error.to_string()))?;
        if count == 0 {
            break;
        }
        done += count as u64;
        if done > LIMIT {
            std::fs::remove_file(part)?;
            return Err(Failure::Refused(format!(
                "the file is longer than {LIMIT} bytes"
            )));
        }
        file.write_all(&buffer[..count])?;
        report(Transfer { done, total });
    }
    file.sync_all()?;
    Ok(())
}

/// Asks for the file from byte `start` on.
fn request(address: &str, start: u64) -> Result<ureq::http::Response<ureq::Body>, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        // The files are gzipped already, and a range of an encoded answer would be another range.
        .accept_encoding("identity")
        .build()
        .into();
    let request = agent.get(address);
    let request = if start > 0 {
        request.header("Range", format!("bytes={start}-"))
    } else {
        request
    };
    request.call().map_err(|error| {
        if was_cut(&error) {
            Failure::Cut(error.to_string())
        } else {
            Failure::Refused(error.to_string())
        }
    })
}

/// Whether the server was reached and broke off, so that another attempt may go further.
fn was_cut(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => error.kind() != std::io::ErrorKind::ConnectionRefused,
        ureq::Error::Timeout(timeout) => {
            !matches!(timeout, ureq::Timeout::Resolve | ureq::Timeout::Connect)
        }
        ureq::Error::Protocol(_) => true,
        _ => false,
    }
}

/// Where the range begins that the server sends: `7` in `Content-Range: bytes 7-99/100`.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    range
        .trim()
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .trim()
        .parse()
        .ok()
}

/// Removes a file whose digest is wrong.
fn verify(sha256: &str, part: &Path) -> Result<(), Failure> {
    let found = sha256_of_file(part)?;
    if found == sha256 {
        return Ok(());
    }
    std::fs::remove_file(part)?;
    Err(Failure::Refused(format!(
        "wrong contents: expected SHA-256 {sha256}, found {found}"
    )))
}
