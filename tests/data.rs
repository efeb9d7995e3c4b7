//! Data sets: what the readers accept and refuse, where sets are looked for, and downloads from a
//! server that misbehaves.
#![cfg(feature = "download")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use flate2::write::GzEncoder;
use nonvacuous::causes::with_causes;
use nonvacuous::data::{
    digits, download, fetch, known_set, load, path, read_cifar10, read_images, read_labels,
    DataError, Format, KnownSet, LabelledImages, RemoteArchive, RemoteFile, SearchPath, KNOWN_SETS,
};
use nonvacuous::evaluate::ExamplesDigest;
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::{tempdir, TempDir};

mod needs;

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An idx file with that header, whatever follows it.
fn idx(magic: u32, dimensions: &[u32], body: &[u8]) -> Vec<u8> {
    let mut bytes = magic.to_be_bytes().to_vec();
    dimensions
        .iter()
        .for_each(|dimension| bytes.extend(dimension.to_be_bytes()));
    bytes.extend(body);
    bytes
}

fn idx_images(count: u32, height: u32, width: u32, pixels: &[u8]) -> Vec<u8> {
    idx(0x0803, &[count, height, width], pixels)
}

fn idx_labels(labels: &[u8]) -> Vec<u8> {
    idx(0x0801, &[labels.len() as u32], labels)
}

/// Six training and two test images of 2 x 3 pixels, in the order of [`NAMES`].
fn small_files() -> [Vec<u8>; 4] {
    let pixels: Vec<u8> = (0..48).collect();
    [
        idx_images(6, 2, 3, &pixels[..36]),
        idx_labels(&[0, 1, 2, 3, 4, 9]),
        idx_images(2, 2, 3, &pixels[36..]),
        idx_labels(&[5, 6]),
    ]
}

fn write_files(folder: &Path, files: &[Vec<u8>]) {
    for (name, bytes) in NAMES.iter().zip(files) {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// What loading a folder says, with one of its files replaced.
fn error_with(name: &str, bytes: Vec<u8>) -> String {
    let folder = tempdir().unwrap();
    write_files(folder.path(), &small_files());
    fs::write(folder.path().join(name), bytes).unwrap();
    let message = with_causes(
        &load(
            folder.path().to_str().unwrap(),
            &SearchPath::only(folder.path()),
        )
        .unwrap_err(),
    );
    assert!(
        message.contains(name),
        "the file is not named in: {message}"
    );
    message
}

fn load_folder(folder: &Path) -> nonvacuous::data::DataSet {
    load(folder.to_str().unwrap(), &SearchPath::only(folder)).unwrap()
}

// Readers

#[test]
fn the_digits_are_1500_and_297_with_the_known_number_of_each_digit() {
    let set = digits().unwrap();
    let test = set.test.unwrap();
    assert_eq!((set.train.len(), test.len()), (1500, 297));
    assert_eq!((set.train.levels(), set.train.classes()), (17, 10));
    assert_eq!(
        set.train.shape(),
        ImageSize {
            channels: 1,
            height: 8,
            width: 8
        }
    );
    let mut counts = [0; 10];
    set.train
        .labels()
        .iter()
        .chain(test.labels())
        .for_each(|&label| counts[usize::from(label)] += 1);
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    assert_eq!(set.train.image(0)[..8], [0, 0, 5, 13, 9, 1, 0, 0]);
    assert_eq!(set.train.label(0), 0);
}

#[test]
fn the_embedded_file_is_the_one_that_the_readme_names() {
    let file = fs::read("data/digits.csv.gz").unwrap();
    assert!(fs::read_to_string("data/README.md")
        .unwrap()
        .contains(&sha256(&file)));
}

#[test]
fn the_digest_of_a_set_is_that_of_its_sorted_examples() {
    let shape = ImageSize {
        channels: 1,
        height: 1,
        width: 2,
    };
    let images = LabelledImages::new(shape, 17, 3, vec![1, 2, 3, 16], vec![0, 2]).unwrap();
    let example = |bytes: [u8; 6]| <[u8; 32]>::from(Sha256::digest(bytes));
    let mut digests = [example([1, 2, 0, 0, 0, 0]), example([3, 16, 2, 0, 0, 0])];
    digests.sort_unstable();
    let mut bytes = b"nonvacuous examples v2\n".to_vec();
    for number in [2u64, 1, 1, 2, 17, 3] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(digests.as_flattened());
    assert_eq!(images.sha256(), sha256(&bytes));
    let found = ExamplesDigest::of(&images);
    assert_eq!((found.sha256, found.distinct), (images.sha256(), 2));
    let twice = LabelledImages::new(shape, 17, 3, vec![1, 2, 1, 2], vec![0, 0]).unwrap();
    assert_eq!(ExamplesDigest::of(&twice).distinct, 1);
}

#[test]
fn labelled_images_refuse_what_does_not_fit_together() {
    let shape = ImageSize {
        channels: 1,
        height: 1,
        width: 2,
    };
    let new = |levels, images: &[u8], labels: &[u8]| {
        LabelledImages::new(shape, levels, 3, images.into(), labels.into())
    };
    assert!(matches!(new(256, &[], &[]), Err(DataError::Empty)));
    assert!(matches!(
        new(256, &[1, 2, 3], &[0]),
        Err(DataError::Truncated {
            expected: 4,
            found: 3
        })
    ));
    assert!(matches!(
        new(256, &[1, 2, 3, 4], &[0]),
        Err(DataError::Count {
            images: 2,
            labels: 1
        })
    ));
    assert!(matches!(
        new(256, &[1, 2], &[3]),
        Err(DataError::Label {
            index: 0,
            label: 3,
            classes: 3
        })
    ));
    assert!(matches!(
        new(17, &[1, 2, 17, 0], &[0, 1]),
        Err(DataError::Level {
            index: 1,
            level: 17,
            levels: 17
        })
    ));
    assert!(matches!(
        new(1, &[0, 0], &[0]),
        Err(DataError::GreyLevels(1))
    ));
    assert!(matches!(
        new(257, &[0, 0], &[0]),
        Err(DataError::GreyLevels(257))
    ));
    let huge = ImageSize {
        channels: usize::MAX,
        height: 2,
        width: 2,
    };
    assert!(matches!(
        LabelledImages::new(huge, 256, 3, vec![1], vec![1]),
        Err(DataError::Size(_))
    ));
}

#[test]
fn a_slice_has_the_examples_of_its_range_and_no_others() {
    let train = digits().unwrap().train;
    let slice = train.slice(10..13).unwrap();
    assert_eq!(slice.len(), 3);
    assert_eq!(slice.image(2), train.image(12));
    assert_eq!(slice.labels(), &train.labels()[10..13]);
    for range in [5..5, 0..1501, usize::MAX - 1..usize::MAX] {
        assert!(matches!(train.slice(range), Err(DataError::Empty)));
    }
}

proptest! {
    #[test]
    fn idx_files_are_read_as_they_were_written(
        (count, height, width) in (0u32..5, 1u32..6, 1u32..6),
        seed in any::<u8>(),
    ) {
        let pixel = |place: u32| (place as u8).wrapping_mul(37) ^ seed;
        let pixels: Vec<u8> = (0..count * height * width).map(pixel).collect();
        let images = read_images(&idx_images(count, height, width, &pixels)).unwrap();
        prop_assert_eq!((images.height as u32, images.width as u32), (height, width));
        prop_assert_eq!(read_labels(&idx_labels(&pixels)).unwrap(), pixels.clone());
        prop_assert_eq!(images.pixels, pixels);
    }

    #[test]
    fn no_bytes_make_the_readers_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..64),
        magic in prop::sample::select(vec![None, Some(0x0801u32), Some(0x0803)]),
    ) {
        if let (Some(magic), Some(start)) = (magic, bytes.get_mut(..4)) {
            start.copy_from_slice(&magic.to_be_bytes());
        }
        let _ = read_images(&bytes);
        let _ = read_labels(&bytes);
        let _ = read_cifar10(&bytes);
    }
}

#[test]
fn a_header_of_hostile_sizes_is_refused_without_allocating() {
    let error = read_images(&idx_images(u32::MAX, u32::MAX, u32::MAX, &[0; 100])).unwrap_err();
    assert!(matches!(
        error,
        DataError::Truncated {
            expected: u64::MAX,
            found: 116
        }
    ));
}

#[test]
fn a_folder_of_idx_files_loads_alike_gzipped_or_not_and_with_or_without_a_test_set() {
    let (plain, packed) = (tempdir().unwrap(), tempdir().unwrap());
    write_files(plain.path(), &small_files());
    for (name, bytes) in NAMES.iter().zip(small_files()) {
        fs::write(packed.path().join(format!("{name}.gz")), gzip(&bytes)).unwrap();
    }
    let (plain_set, packed_set) = (load_folder(plain.path()), load_folder(packed.path()));
    assert_eq!(plain_set.train, packed_set.train);
    assert_eq!(plain_set.test, packed_set.test);
    assert_eq!(
        plain_set.train.shape(),
        ImageSize {
            channels: 1,
            height: 2,
            width: 3
        }
    );
    assert_eq!(plain_set.train.labels(), [0, 1, 2, 3, 4, 9]);
    NAMES[2..]
        .iter()
        .for_each(|name| fs::remove_file(plain.path().join(name)).unwrap());
    assert_eq!(load_folder(plain.path()).test, None);
}

#[test]
fn each_defect_of_an_idx_file_has_its_message_with_the_file_and_the_value() {
    let [_, labels, ..] = NAMES;
    let cases = [
        (
            NAMES[0],
            idx_labels(&[1, 2]),
            "expected 0x00000803, found 0x00000801",
        ),
        (
            NAMES[0],
            idx_images(6, 2, 3, &[0; 35]),
            "truncated: expected 52 bytes, found 51",
        ),
        (NAMES[0], idx_images(6, 2, 3, &[0; 38]), "2 bytes too many"),
        (
            NAMES[0],
            vec![0, 0, 8],
            "truncated: expected 16 bytes, found 3",
        ),
        (labels, idx_labels(&[0; 5]), "6 images but 5 labels"),
        (
            labels,
            gzip(&idx_labels(&[0; 6]))[..20].to_vec(),
            "damaged gzip file",
        ),
    ];
    for (name, bytes, expected) in cases {
        let message = error_with(name, bytes);
        assert!(
            message.contains(expected),
            "\"{expected}\" is not in: {message}"
        );
    }
}

#[test]
fn a_folder_of_idx_files_has_as_many_classes_as_its_largest_label_says() {
    let folder = tempdir().unwrap();
    write_files(folder.path(), &small_files());
    let [_, labels, _, held_out_labels] = NAMES;
    for (training, classes) in [([0, 1, 2, 0, 0, 0], 3), ([0, 1, 25, 0, 0, 0], 26)] {
        fs::write(folder.path().join(labels), idx_labels(&training)).unwrap();
        let count = load_folder(folder.path()).test.unwrap().len();
        fs::write(
            folder.path().join(held_out_labels),
            idx_labels(&vec![1; count]),
        )
        .unwrap();
        let set = load_folder(folder.path());
        assert_eq!(set.train.classes(), classes);
        assert_eq!(set.test.unwrap().classes(), classes);
    }
}

#[test]
fn cifar_records_are_a_label_and_three_planes() {
    let mut bytes: Vec<u8> = vec![7];
    bytes.extend((0..3072).map(|place| (place / 1024) as u8));
    let images = read_cifar10(&bytes.repeat(2)).unwrap();
    assert_eq!((images.len(), images.labels()), (2, &[7, 7][..]));
    assert_eq!(
        images.shape(),
        ImageSize {
            channels: 3,
            height: 32,
            width: 32
        }
    );
    assert_eq!(
        (
            images.image(1)[0],
            images.image(1)[1024],
            images.image(1)[3071]
        ),
        (0, 1, 2)
    );
    assert!(matches!(
        read_cifar10(&bytes[..3000]),
        Err(DataError::Truncated {
            expected: 3073,
            found: 3000
        })
    ));
    bytes[0] = 10;
    assert!(matches!(
        read_cifar10(&bytes),
        Err(DataError::Label {
            index: 0,
            label: 10,
            classes: 10
        })
    ));
    assert!(matches!(read_cifar10(&[]), Err(DataError::Empty)));
}

// Names and places

#[test]
fn an_unknown_name_is_answered_with_the_nearest_and_all_known_names() {
    let message = with_causes(&load("mist", &SearchPath::only(Path::new("/nowhere"))).unwrap_err());
    assert!(message.contains("did you mean mnist?"), "{message}");
    KNOWN_SETS
        .iter()
        .for_each(|set| assert!(message.contains(set.name), "{message}"));
}

#[test]
fn a_name_like_no_other_is_answered_with_all_known_names_and_no_guess() {
    let message = with_causes(&load("nope", &SearchPath::only(Path::new("/nowhere"))).unwrap_err());
    assert!(!message.contains("did you mean"), "{message}");
    assert!(message.contains("known are digits, "), "{message}");
}

#[test]
fn a_set_that_is_not_there_is_answered_with_every_folder_looked_in_and_a_hint() {
    let search = SearchPath {
        folders: vec!["/nowhere".into(), "/never".into()],
        cache: "/nowhere".into(),
    };
    let message = with_causes(&load("mnist", &search).unwrap_err());
    for part in [
        "/nowhere/mnist",
        "/nowhere/MNIST/raw",
        "/never/mnist",
        "nonvacuous data fetch mnist",
        "--data-dir",
    ] {
        assert!(message.contains(part), "\"{part}\" is not in: {message}");
    }
}

#[test]
fn the_first_folder_with_all_files_is_taken() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    fs::create_dir_all(first.path().join("mnist")).unwrap();
    fs::write(first.path().join("mnist").join(NAMES[0]), "alone").unwrap();
    let whole = second.path().join("MNIST/raw");
    fs::create_dir_all(&whole).unwrap();
    write_files(&whole, &small_files());
    let search = SearchPath {
        folders: vec![first.path().into(), second.path().into()],
        cache: first.path().into(),
    };
    assert_eq!(path(known_set("mnist").unwrap(), &search).unwrap(), whole);
    let message = with_causes(&load("mnist", &search).unwrap_err());
    assert!(
        message.contains("the contents are not those of mnist") && message.contains(NAMES[0]),
        "{message}"
    );
}

#[test]
fn real_sets_have_the_known_contents_and_sizes() {
    for set in KNOWN_SETS {
        let Some(loaded) = needs::data_set(set.name) else {
            continue;
        };
        assert_eq!(
            (loaded.train.len(), loaded.test.unwrap().len()),
            (set.training, set.test),
            "{}",
            set.name
        );
    }
}

// Downloads

/// How a server answers one request after the other; the last answer is repeated.
#[derive(Clone, Copy)]
enum Answer {
    /// As it should.
    Whole,
    /// Half of what was asked for, then it closes.
    Cut,
    /// From the start, whatever was asked for, and only half of it.
    CutIgnoringRange,
    /// From the start, whatever was asked for.
    WholeIgnoringRange,
    /// A range that was not asked for.
    OtherRange,
    /// Nothing: it closes.
    Nothing,
    Status(u16),
}

/// A server of files by name on 127.0.0.1; it remembers the range of each request.
struct Server {
    address: String,
    ranges: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    fn new(files: Vec<(&str, Vec<u8>)>, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let ranges = Arc::new(Mutex::new(Vec::new()));
        let files: Vec<(String, Vec<u8>)> = files
            .into_iter()
            .map(|(name, file)| (format!("/{name}"), file))
            .collect();
        let (seen, answers) = (ranges.clone(), answers.to_vec());
        // Ends with the test's process.
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let answer = answers
                    .get(number)
                    .or(answers.last())
                    .copied()
                    .unwrap_or(Answer::Whole);
                // A client may hang up.
                let _ = serve(stream.unwrap(), &files, answer, &seen);
            }
        });
        Self { address, ranges }
    }

    fn file(&self, name: &str) -> Vec<String> {
        vec![format!("{}{name}", self.address)]
    }

    /// First byte asked for, by request; none without a `Range` header.
    fn ranges(&self) -> Vec<Option<usize>> {
        self.ranges.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    files: &[(String, Vec<u8>)],
    answer: Answer,
    seen: &Mutex<Vec<Option<usize>>>,
) -> std::io::Result<()> {
    let (mut target, mut start) = (String::new(), None);
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?.to_lowercase();
        if let Some(rest) = line.strip_prefix("get ") {
            target = rest.split(' ').next().unwrap_or_default().to_string();
        } else if let Some(range) = line.strip_prefix("range: bytes=") {
            start = range.trim_end_matches('-').parse().ok();
        } else if line.is_empty() {
            break;
        }
    }
    seen.lock().unwrap().push(start);
    let file = files
        .iter()
        .find(|(name, _)| *name == target)
        .map(|(_, file)| file);
    let (status, from, sent) = match (answer, file, start) {
        (Answer::Nothing, ..) => return Ok(()),
        (Answer::Status(status), ..) => (status, 0, Some(0)),
        (_, None, _) => (404, 0, Some(0)),
        (Answer::Whole | Answer::Cut, Some(file), Some(start)) if start >= file.len() => {
            (416, 0, Some(0))
        }
        (Answer::Whole, _, Some(start)) => (206, start, None),
        (Answer::Cut, Some(file), Some(start)) => (206, start, Some((file.len() - start) / 2)),
        (Answer::Cut | Answer::CutIgnoringRange, Some(file), _) => (200, 0, Some(file.len() / 2)),
        (Answer::OtherRange, _, Some(start)) => (206, start + 1, None),
        _ => (200, 0, None),
    };
    let body = file.map_or(&[][..], |file| &file[from..]);
    let body = if status < 300 { body } else { &[] };
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    )?;
    if status == 206 {
        write!(
            stream,
            "Content-Range: bytes {from}-{}/{}\r\n",
            from + body.len() - 1,
            from + body.len()
        )?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(&body[..sent.unwrap_or(body.len())])
}

/// Bytes that differ from place to place.
fn large_file() -> Vec<u8> {
    (0..200_000u32)
        .map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

/// Downloads the file from servers; the result, the folder, and where the file should be.
fn downloaded(addresses: &[String], file: &[u8]) -> (Result<(), DataError>, TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let destination = folder.path().join("file.gz");
    let result = download(addresses, &sha256(file), &destination, &mut |_| {});
    (result, folder, destination)
}

fn part_of(destination: &Path) -> PathBuf {
    destination.with_extension("gz.part")
}

#[test]
fn a_download_arrives_under_its_name_and_reports_its_progress() {
    let file = large_file();
    let server = Server::new(vec![("file.gz", file.clone())], &[]);
    let folder = tempdir().unwrap();
    let destination = folder.path().join("file.gz");
    let mut last = None;
    download(
        &server.file("file.gz"),
        &sha256(&file),
        &destination,
        &mut |transfer| last = Some(transfer),
    )
    .unwrap();
    assert_eq!(fs::read(&destination).unwrap(), file);
    let last = last.unwrap();
    assert_eq!((last.done, last.total), (200_000, Some(200_000)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_cut_connection_is_taken_up_where_it_broke_off() {
    let file = large_file();
    let server = Server::new(
        vec![("file.gz", file.clone())],
        &[Answer::Cut, Answer::Cut, Answer::Whole],
    );
    let (result, _folder, destination) = downloaded(&server.file("file.gz"), &file);
    result.unwrap();
    assert_eq!(fs::read(destination).unwrap(), file);
    assert_eq!(server.ranges(), [None, Some(100_000), Some(150_000)]);
}

#[test]
fn a_server_that_ignores_ranges_is_read_from_the_start() {
    let file = large_file();
    let answers = [
        Answer::CutIgnoringRange,
        Answer::CutIgnoringRange,
        Answer::WholeIgnoringRange,
    ];
    let server = Server::new(vec![("file.gz", file.clone())], &answers);
    let (result, _folder, destination) = downloaded(&server.file("file.gz"), &file);
    result.unwrap();
    assert_eq!(fs::read(destination).unwrap(), file);
    assert_eq!(server.ranges(), [None, Some(100_000), Some(100_000)]);
}

#[test]
fn a_range_that_was_not_asked_for_is_not_appended() {
    let file = large_file();
    let server = Server::new(
        vec![("file.gz", file.clone())],
        &[Answer::Cut, Answer::OtherRange, Answer::Whole],
    );
    let (result, _folder, destination) = downloaded(&server.file("file.gz"), &file);
    result.unwrap();
    assert_eq!(fs::read(destination).unwrap(), file);
    assert_eq!(server.ranges(), [None, Some(100_000), None]);
}

#[test]
fn a_server_that_closes_without_an_answer_is_asked_again() {
    let file = large_file();
    let server = Server::new(
        vec![("file.gz", file.clone())],
        &[Answer::Nothing, Answer::Whole],
    );
    let (result, _folder, destination) = downloaded(&server.file("file.gz"), &file);
    result.unwrap();
    assert_eq!(fs::read(destination).unwrap(), file);
}

#[test]
fn a_connection_that_is_always_cut_fails_after_five_retries_and_a_later_call_goes_on() {
    let file = large_file();
    let server = Server::new(vec![("file.gz", file.clone())], &[Answer::Cut]);
    let (result, _folder, destination) = downloaded(&server.file("file.gz"), &file);
    assert!(matches!(result, Err(DataError::Unavailable { .. })));
    assert_eq!(server.ranges().len(), 6);
    assert!(!destination.exists());
    let arrived = fs::metadata(part_of(&destination)).unwrap().len() as usize;
    assert!(arrived > 190_000);
    let server = Server::new(vec![("file.gz", file.clone())], &[Answer::Whole]);
    download(
        &server.file("file.gz"),
        &sha256(&file),
        &destination,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(server.ranges(), [Some(arrived)]);
    assert_eq!(fs::read(&destination).unwrap(), file);
    assert!(!part_of(&destination).exists());
}

#[test]
fn wrong_bytes_are_deleted_and_the_next_server_is_asked() {
    let file = large_file();
    let wrong = Server::new(vec![("file.gz", b"<html>no</html>".to_vec())], &[]);
    let (result, folder, destination) = downloaded(&wrong.file("file.gz"), &file);
    let message = with_causes(&result.unwrap_err());
    assert!(
        message.contains("wrong contents") && message.contains(&sha256(&file)),
        "{message}"
    );
    assert!(!destination.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let right = Server::new(vec![("file.gz", file.clone())], &[]);
    let (result, _folder, destination) = downloaded(
        &[wrong.file("file.gz"), right.file("file.gz")].concat(),
        &file,
    );
    result.unwrap();
    assert_eq!(fs::read(destination).unwrap(), file);
}

#[test]
fn a_wrong_part_from_before_is_replaced_by_the_right_file() {
    let file = large_file();
    for part in [vec![0; 1000], vec![0; 200_000], vec![0; 300_000]] {
        let server = Server::new(vec![("file.gz", file.clone())], &[]);
        let folder = tempdir().unwrap();
        let destination = folder.path().join("file.gz");
        fs::write(part_of(&destination), part).unwrap();
        download(
            &server.file("file.gz"),
            &sha256(&file),
            &destination,
            &mut |_| {},
        )
        .unwrap();
        assert_eq!(fs::read(&destination).unwrap(), file);
    }
}

#[test]
fn a_file_that_no_server_has_is_an_error_that_names_each_server_and_its_answer() {
    let file = large_file();
    let missing = Server::new(vec![], &[]);
    let broken = Server::new(vec![], &[Answer::Status(503)]);
    let closed = "http://127.0.0.1:1/file.gz".to_string();
    let addresses = [
        missing.file("file.gz"),
        broken.file("file.gz"),
        vec![closed],
    ]
    .concat();
    let (result, folder, _) = downloaded(&addresses, &file);
    let message = with_causes(&result.unwrap_err());
    for part in ["file.gz", "status 404", "status 503"]
        .into_iter()
        .chain(addresses.iter().map(String::as_str))
    {
        assert!(message.contains(part), "\"{part}\" is not in: {message}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

// Whole sets

fn leak<T: ?Sized>(value: Box<T>) -> &'static T {
    Box::leak(value)
}

fn leaked_digest(bytes: &[u8]) -> &'static str {
    leak(sha256(bytes).into_boxed_str())
}

fn small_set(format: Format) -> KnownSet {
    KnownSet {
        name: "small",
        description: "made for a test",
        training: 6,
        test: 2,
        source: "this test",
        format,
        folders: &["small"],
        mirrors: &[],
    }
}

#[test]
fn fetching_a_set_of_idx_files_downloads_checks_and_then_leaves_it_alone() {
    let contents = small_files();
    let packed: Vec<Vec<u8>> = contents.iter().map(|bytes| gzip(bytes)).collect();
    let files = NAMES
        .iter()
        .zip(contents.iter().zip(&packed))
        .map(|(name, (contents, packed))| RemoteFile {
            name,
            packed: leaked_digest(packed),
            contents: leaked_digest(contents),
        });
    let set = small_set(Format::Idx(leak(
        files.collect::<Vec<_>>().into_boxed_slice(),
    )));
    let served: Vec<String> = NAMES.iter().map(|name| format!("{name}.gz")).collect();
    let server = Server::new(served.iter().map(String::as_str).zip(packed).collect(), &[]);
    let cache = tempdir().unwrap();
    let search = SearchPath::only(cache.path());
    let mut reported = Vec::new();
    for _ in 0..2 {
        let folder = fetch(&set, &search, Some(&server.address), &mut |name, _| {
            reported.push(name.to_string())
        })
        .unwrap();
        assert_eq!(folder, cache.path().join("small"));
        assert_eq!(path(&set, &search).unwrap(), folder);
    }
    assert_eq!(server.ranges().len(), 4);
    assert_eq!(reported, served);
}

/// An archive of six files with one record each, and the sums of its records.
fn small_archive(omitted: &str) -> (Vec<u8>, [String; 2]) {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut digests = Vec::new();
    let batches = (1..=5).map(|batch| format!("data_batch_{batch}.bin"));
    for (number, name) in batches.chain(["test_batch.bin".to_string()]).enumerate() {
        let record = [number as u8].repeat(3073);
        digests.push(Sha256::digest(&record));
        if name != omitted {
            let mut header = tar::Header::new_ustar();
            header.set_size(3073);
            header.set_mode(0o644);
            builder
                .append_data(
                    &mut header,
                    format!("cifar-10-batches-bin/{name}"),
                    &record[..],
                )
                .unwrap();
        }
    }
    let mut header = tar::Header::new_ustar();
    header.set_size(4);
    builder
        .append_data(
            &mut header,
            "cifar-10-batches-bin/readme.html",
            &b"text"[..],
        )
        .unwrap();
    let test = sha256(&digests.pop().unwrap());
    digests.sort();
    let archive = builder.into_inner().unwrap().finish().unwrap();
    (archive, [sha256(&digests.concat()), test])
}

fn archived_set(archive: &[u8], [training, test]: [String; 2]) -> KnownSet {
    small_set(Format::Cifar10(RemoteArchive {
        packed: leaked_digest(archive),
        training: leak(training.into_boxed_str()),
        test: leak(test.into_boxed_str()),
    }))
}

/// Names of the files in a folder.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn fetching_an_archive_unpacks_the_known_files_and_nothing_else() {
    let (archive, sums) = small_archive("");
    let set = archived_set(&archive, sums);
    let server = Server::new(vec![("archive.tar.gz", archive)], &[]);
    let cache = tempdir().unwrap();
    let address = format!("{}archive.tar.gz", server.address);
    for _ in 0..2 {
        let folder = fetch(
            &set,
            &SearchPath::only(cache.path()),
            Some(&address),
            &mut |_, _| {},
        )
        .unwrap();
        let mut names = set.file_names();
        names.sort();
        assert_eq!(names_in(&folder), names);
    }
    assert_eq!(server.ranges().len(), 1);
}

#[test]
fn an_archive_with_other_contents_leaves_no_file_of_the_set() {
    let (archive, _) = small_archive("");
    let (incomplete, sums) = small_archive("data_batch_3.bin");
    let wrong_sums = [sums[1].clone(), sums[0].clone()];
    for (archive, sums) in [(incomplete, sums), (archive, wrong_sums)] {
        let set = archived_set(&archive, sums);
        let server = Server::new(vec![("archive.tar.gz", archive)], &[]);
        let cache = tempdir().unwrap();
        let address = format!("{}archive.tar.gz", server.address);
        fetch(
            &set,
            &SearchPath::only(cache.path()),
            Some(&address),
            &mut |_, _| {},
        )
        .unwrap_err();
        let left = names_in(&cache.path().join("small"));
        assert!(left.iter().all(|name| !name.ends_with(".bin")), "{left:?}");
    }
}

#[test]
fn a_set_that_is_embedded_is_not_fetched() {
    let set = known_set("digits").unwrap();
    let error = fetch(
        set,
        &SearchPath::only(Path::new("/nowhere")),
        None,
        &mut |_, _| {},
    )
    .unwrap_err();
    assert!(matches!(error, DataError::Embedded(_)));
}
