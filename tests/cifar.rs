//! CIFAR in each of its forms is the same data.
#![cfg(feature = "photographs")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs::{self, File};
use std::path::Path;

use flate2::{write::GzEncoder, Compression};
use nonvacuous::causes::with_causes;
use nonvacuous::data::{find, DataSet, Found, SearchPath};
use tempfile::tempdir;

fn read(path: &Path) -> Result<DataSet, String> {
    match find(path.to_str().unwrap(), &SearchPath::only(path)) {
        Ok(Found::Images(set)) => Ok(set),
        Ok(Found::Photographs(set)) => panic!("{set:?}"),
        Err(error) => Err(with_causes(&error)),
    }
}

type Batch = (Vec<u8>, Vec<u8>);

/// Images of one file, and their labels.
fn batch(number: u8) -> Batch {
    let labels: Vec<u8> = (0..4).map(|image| (number * 3 + image) % 10).collect();
    let pixels = (0..4 * 3072u32).map(|place| (place * 7 + u32::from(number)) as u8);
    (pixels.collect(), labels)
}

fn binary((pixels, labels): &Batch, coarse: &[u8]) -> Vec<u8> {
    let records = pixels.chunks(3072).zip(labels);
    records
        .flat_map(|(image, &label)| [coarse, &[label], image].concat())
        .collect()
}

/// What Python 2 wrote with protocol 2.
fn pickle((pixels, labels): &Batch, key: &str) -> Vec<u8> {
    let mut bytes = b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x04testq\x03".to_vec();
    bytes.extend([b'U', key.len() as u8]);
    bytes.extend(key.as_bytes());
    bytes.extend(b"q\x04]q\x05(");
    for &label in labels {
        bytes.extend([b'K', label]);
    }
    bytes.extend(b"eU\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07");
    bytes.extend(b"cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x09(K\x01");
    bytes.extend(b"K\x04M\x00\x0c\x86cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87Rq\x0b");
    bytes.extend(b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T");
    bytes.extend((pixels.len() as u32).to_le_bytes());
    bytes.extend(pixels);
    bytes.extend(b"tbU\x09filenamesq\x0c]q\x0d(U\x05a.pngq\x0eh\x0eeu.");
    bytes
}

fn archive(path: &Path, files: &[(String, Vec<u8>)]) {
    let encoder = GzEncoder::new(File::create(path).unwrap(), Compression::fast());
    let mut archive = tar::Builder::new(encoder);
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let name = format!("cifar/{name}");
        archive.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
}

#[test]
fn binary_pickled_and_archived_cifar_are_the_same_data() {
    let folder = tempdir().unwrap();
    let names = (1..=5)
        .map(|n| format!("data_batch_{n}"))
        .chain(["test_batch".to_string()]);
    let batches: Vec<_> = names.zip(1..).map(|(name, n)| (name, batch(n))).collect();
    let ten = |write: fn(&str, &Batch) -> (String, Vec<u8>)| {
        batches
            .iter()
            .map(|(name, batch)| write(name, batch))
            .collect::<Vec<_>>()
    };
    let in_binary = ten(|name, batch| (format!("{name}.bin"), binary(batch, &[])));
    let pickled = ten(|name, batch| (name.to_string(), pickle(batch, "labels")));
    let hundred_binary = ["train.bin", "test.bin"].map(|name| name.to_string());
    let hundred_binary: Vec<_> = hundred_binary
        .into_iter()
        .zip([binary(&batch(1), &[9]), binary(&batch(2), &[9])])
        .collect();
    let hundred_pickled: Vec<_> = ["train", "test"]
        .into_iter()
        .zip([1, 2])
        .map(|(name, n)| (name.to_string(), pickle(&batch(n), "fine_labels")))
        .collect();
    let mut sets = Vec::new();
    for (number, files) in [in_binary, pickled, hundred_binary, hundred_pickled]
        .iter()
        .enumerate()
    {
        let place = folder.path().join(number.to_string());
        fs::create_dir(&place).unwrap();
        for (name, bytes) in files {
            fs::write(place.join(name), bytes).unwrap();
        }
        let packed = folder.path().join(format!("{number}.tar.gz"));
        archive(&packed, files);
        let [unpacked, packed] = [place, packed].map(|path| read(&path).unwrap());
        assert_eq!(
            (&unpacked.train, &unpacked.test),
            (&packed.train, &packed.test)
        );
        sets.push((unpacked.train, unpacked.test));
    }
    assert_eq!(sets[0], sets[1]);
    assert_eq!(sets[2], sets[3]);
    assert_eq!((sets[0].0.len(), sets[2].0.len()), (20, 4));
    assert_eq!(sets[0].0.image(4), &batch(2).0[..3072]);
    assert_eq!(sets[0].0.labels()[4..8], batch(2).1);
}

#[test]
fn a_pickle_of_anything_else_is_an_error_and_nothing_panics() {
    let folder = tempdir().unwrap();
    let whole = pickle(&batch(1), "fine_labels");
    fs::write(folder.path().join("test"), &whole).unwrap();
    let with = |bytes: &[u8]| {
        fs::write(folder.path().join("train"), bytes).unwrap();
        read(folder.path())
    };
    with(&whole).unwrap();
    for hostile in [
        &b"cposix\nsystem\nU\x04true\x85R."[..],
        b"\x80\x02}.",
        b"",
        b".",
        b"\x86",
        &[0x85; 4096],
        b"]]]]",
        b"(((u",
        b"T\xff\xff\xff\xff",
    ] {
        with(hostile).unwrap_err();
    }
    for length in (0..whole.len()).step_by(97) {
        with(&whole[..length]).unwrap_err();
    }
    for place in (0..200).chain(whole.len() - 60..whole.len()) {
        let mut changed = whole.clone();
        changed[place] ^= 0x55;
        let _ = with(&changed);
    }
}
