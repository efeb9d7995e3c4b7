//! What a file is, by its name and its first bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use image::{guess_format, ImageFormat};

use crate::data::formats::file::name_of;

/// Endings of names of images.
const IMAGES: [&str; 25] = [
    "apng", "avif", "bmp", "dib", "gif", "heic", "heif", "jfif", "jp2", "jpe", "jpeg", "jpg",
    "jxl", "pbm", "pgm", "png", "pnm", "ppm", "qoi", "tga", "tif", "tiff", "webp", "pam", "ico",
];

/// Endings of names of what people keep beside images.
const ANNOTATIONS: [&str; 24] = [
    "csv", "db", "html", "ini", "ipynb", "json", "jsonl", "log", "mat", "md", "npy", "npz", "pdf",
    "pickle", "pkl", "ps1", "py", "sh", "tsv", "txt", "url", "xml", "yaml", "yml",
];

/// Names of files that operating systems put into folders, in lower case.
const SYSTEM_FILES: [&str; 4] = ["desktop.ini", "ehthumbs.db", "icon\r", "thumbs.db"];

/// How much of a file says what it is.
const HEAD: u64 = 32;

/// AppleDouble and AppleSingle.
const RESOURCE_FORKS: [[u8; 4]; 2] = [[0, 5, 0x16, 7], [0, 5, 0x16, 0]];

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An image, by its first bytes or by its name.
    Image,
    /// What macOS keeps beside a file on other systems' disks.
    ResourceFork,
    /// An operating system's.
    SystemFile,
    /// Hidden: its name begins with a dot.
    Hidden,
    /// By its name, what people keep beside images.
    Annotation,
    /// Anything else, which may be an image that is damaged.
    Unknown,
}

/// What a file is. One whose name is an image's is not opened, as there may be millions of them.
pub(super) fn kind(path: &Path) -> Kind {
    let name = name_of(path).to_lowercase();
    let is_hidden = name.starts_with('.');
    let ending = Path::new(&name).extension().unwrap_or_default();
    let has_ending = |endings: &[&str]| endings.iter().any(|known| ending == *known);
    if !is_hidden && has_ending(&IMAGES) {
        return Kind::Image;
    }
    let head = head(path);
    if is_image(&head) {
        return Kind::Image;
    }
    if is_hidden && (name.starts_with("._") || RESOURCE_FORKS.iter().any(|f| head.starts_with(f))) {
        Kind::ResourceFork
    } else if SYSTEM_FILES.contains(&name.as_str()) {
        Kind::SystemFile
    } else if is_hidden {
        Kind::Hidden
    } else if has_ending(&ANNOTATIONS) {
        Kind::Annotation
    } else {
        Kind::Unknown
    }
}

/// The first bytes of a file; none if it cannot be read, or is a pipe or a device.
fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    if path.is_file() {
        if let Ok(file) = File::open(path) {
            let _ = file.take(HEAD).read_to_end(&mut head);
        }
    }
    head
}

/// Whether bytes begin as those of an image do.
///
/// Two formats begin with letters that begin words too, so more of those is looked at.
pub(super) fn is_image(head: &[u8]) -> bool {
    const OTHERS: [&[u8]; 4] = [
        // JPEG 2000, JPEG XL as a file and as a stream.
        b"\0\0\0\x0cjP  ",
        b"\0\0\0\x0cJXL ",
        b"\xff\x0a",
        b"\xff\x4f\xff\x51",
    ];
    match guess_format(head) {
        Ok(ImageFormat::Bmp) => head.get(6..10) == Some(&[0; 4]),
        Ok(ImageFormat::Pnm) => head.get(2).is_some_and(u8::is_ascii_whitespace),
        Ok(_) => true,
        Err(_) => OTHERS.iter().any(|magic| head.starts_with(magic)) || is_heif(head),
    }
}

/// Whether bytes begin as those of HEIF do: a box `ftyp` of one of its brands.
fn is_heif(head: &[u8]) -> bool {
    const BRANDS: [&[u8]; 6] = [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avis"];
    head.get(4..8) == Some(b"ftyp") && head.get(8..12).is_some_and(|b| BRANDS.contains(&b))
}

/// Whether a folder holds no examples: its name begins with a dot, or is the one of macOS's
/// archives.
pub(super) fn is_hidden_folder(path: &Path) -> bool {
    let name = name_of(path);
    name.starts_with('.') || name == "__MACOSX"
}
