//! Vectors of our own, each made with OpenSSL 3.0 for this purpose and with keys that nothing else uses, and the same
//! again with keys that OpenSSL makes while the test runs, where it is installed.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may fail by panicking, write files and say what it skipped"
)]

use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use interdict_schema::key::Verifier;

use super::{Provider, spki};

const MESSAGE: &[u8] = b"interdict";
const ECDSA: &str = "ecdsa-sha2-nistp256";
const PSS: &str = "rsassa-pss-sha256";
const PKCS1: &str = "rsa-pkcs1v15-sha256";

const P256: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETcHx54V2wja1xM5dYnrCn8VC2Zj0\n\
jrvIjcXeZmhqKzSwsxF11E8HcrUPNvKRoT5aRG5p+TdZcrPX/WN/LJNdmA==\n\
-----END PUBLIC KEY-----\n";
const P256_COMPRESSED: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACTcHx54V2wja1xM5dYnrCn8VC2Zj0\n\
jrvIjcXeZmhqKzQ=\n\
-----END PUBLIC KEY-----\n";
const P256_HYBRID: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAGTcHx54V2wja1xM5dYnrCn8VC2Zj0\n\
jrvIjcXeZmhqKzSwsxF11E8HcrUPNvKRoT5aRG5p+TdZcrPX/WN/LJNdmA==\n\
-----END PUBLIC KEY-----\n";
const RSA_2048: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0EQQfrk1l4SDmB82ufRk\n\
hevpZi8kj6h3sbD3l/mLKqWAeQ20jJiUPawBDe0p3Td+3OaT4jNrqmcn/TvI1iDc\n\
XSHgdA//kQd/Wghto76Bo5MYCdOlIK2Oqky5gZMWRqWDRj/+0kJKHK8B3bRS/jdf\n\
214OwVQ5OkKtnqtaC/H+bxeliFMI67TTNYfBewY/E09PNmxVrIpYFVkQZyEN3qhy\n\
3GN+ZeW9qwkQcYwLAtLREmiTC7pJWGWFzQw17Tnb2T8BkGifP7DsqlzY81xEmYVt\n\
MH296BeEvxT0+L0SXL6561hGUjrp9TjLWAY6Kh4Zkt75mBxblu1Z4ZFLeGVSH8t3\n\
7wIDAQAB\n\
-----END PUBLIC KEY-----\n";
const RSA_2048_PKCS1: &str = "\
-----BEGIN RSA PUBLIC KEY-----\n\
MIIBCgKCAQEA0EQQfrk1l4SDmB82ufRkhevpZi8kj6h3sbD3l/mLKqWAeQ20jJiU\n\
PawBDe0p3Td+3OaT4jNrqmcn/TvI1iDcXSHgdA//kQd/Wghto76Bo5MYCdOlIK2O\n\
qky5gZMWRqWDRj/+0kJKHK8B3bRS/jdf214OwVQ5OkKtnqtaC/H+bxeliFMI67TT\n\
NYfBewY/E09PNmxVrIpYFVkQZyEN3qhy3GN+ZeW9qwkQcYwLAtLREmiTC7pJWGWF\n\
zQw17Tnb2T8BkGifP7DsqlzY81xEmYVtMH296BeEvxT0+L0SXL6561hGUjrp9TjL\n\
WAY6Kh4Zkt75mBxblu1Z4ZFLeGVSH8t37wIDAQAB\n\
-----END RSA PUBLIC KEY-----\n";
const RSA_2047: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIIBITANBgkqhkiG9w0BAQEFAAOCAQ4AMIIBCQKCAQBhdAWw57k6Qfu5Zbi3y5Zo\n\
flvBgJqqyuZwjWoL0CgnpvfsgpokVBPAhdtphliVhwDwY26JlJB/wB6l8qR8TfmL\n\
BUp9bNlJlgEzBVriTkFdEmNaBYvEnsuRtK7haFh2oMAlXdi0R1H6CPxi6Ji86brF\n\
rKa9Ki2HTl4GqQdzvBFuduoWQcVDKlktF7dT6aoraxXtTCz46JsnQVF2co45GdkN\n\
E3FeN2QgSURg3N0euJuwaAtzFPlvxK3XZI29dAPGNKSQ1opJFUHq4HkgAZuYMESD\n\
lEbE1GP/AGlBwDat/pr2aKE1UcRP5kldZW03ucmVLBQiUQG1eihMRCTHlGYKvm9H\n\
AgMBAAE=\n\
-----END PUBLIC KEY-----\n";

const P256_SIGNATURE: &str = "\
MEYCIQDXnhw74u36etWXen6aOM4QiJ9eoVZnbFyjTJzdW0BS1gIhAN1FZ+hDVdYxRYLQMPLZWd5ozinS8lW7M6g6++M3zhsu";
const PSS_SIGNATURE: &str = "\
Hs0Kipz+jQaGN3zsVmYVLHIaKE02jzVEEuTVgCmgU1InyM6RmtHWo4pxLSC3DkCzaFL9QlyG52ZbReESA9JzU++nyWaIFrC5O9sg\
rB4bU4dO/Y5EXNFxtZnlcqaO6Tb4cONnchq+N2fajSc3xw7TRhp67/F4ukUtF0mh2rcXWI3sjL9kA1Nml3VNWh6CJ6lDO1g7ZkVt\
ECgiQLiamL68so5tCvjuQut6t8gNgE8kYj/m0B26Rc4j5FcpfkooG8ZcAmyj+rVD+I4F8Rh/tchHX9RSQ/Zwuf729RgmHztZdAKh\
+p9thH4PuWobG99gsRtxHvDFKMZ8RFzthXuz4+vcQA==";
const PKCS1_SIGNATURE: &str = "\
UONnK5Zq7OEk+ijsha3xux61WiUex2mp2EouQ376X17rdPU0/5JtFwJk99OCJgb1dnoEUbRL3XtqV2Uty9vNJMoW2vaPfhY32EaQ\
+v5PqfjG6ogcVTLNe9QhQaN5THVqyvIrlLLaTa3G6caz+BX02RFuLhJeRB32f/czL/t2gJjPtxi2buZ6OSzNSdONvRMiajEUJ3Nz\
sLgntr1WRxayUqvHyLjSlnd1NcVA9S8+snmRv5cQOxMai6E55lrpDB8Xu6z+GjvejpETFKsDyi2YZizBc3KTVUNlTKZs8FjFLuRu\
qD85VhprT3l3w1HuE6Fl5iXsUXoN+tGKOKuh5/ZHyA==";
const RSA_2047_SIGNATURE: &str = "\
JknTbzK5Xu2eis8WME3LjU8lXqzE2gfNh8Hq6pVgDBY4+TJBNg5KVHvbpWNukMSG8KM5ZKMouYZQVn+JHjyswX3yoBk8uTb6Vnkf\
RuqbrW0VcBKyQMrD6ZDQyjaSh1lGuBJV/wlduE4Lx/YUMMYkTj1jaeQ9ny/OqOeAsKU3eGhYozPIMOXZ9mtmDzaEOSH21OzPa1K0\
bv2XyzFqSUB2Z9TORlk/OcUM1yISVbOPx1cgahfCGUazj7KoQNF/BP4apheTjaEv/apdu97ZQS3BrpjVsG9Bx+Bx1QhfrR9zVE9S\
059VlohQn96EZgjs34qIK8pt5F+sNS5PIZOAgHCfiw==";

fn bytes(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap()
}

fn verifies(scheme: &str, material: &str, signature: &[u8]) -> bool {
    Provider.verifies(scheme, material.as_bytes(), MESSAGE, signature)
}

/// DER as PEM with lines of 64.
fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

#[test]
fn a_signature_counts_under_its_own_key_scheme_and_message_alone() {
    let vectors = [
        (ECDSA, P256, bytes(P256_SIGNATURE)),
        (PSS, RSA_2048, bytes(PSS_SIGNATURE)),
        (PKCS1, RSA_2048, bytes(PKCS1_SIGNATURE)),
    ];
    for (scheme, key, signature) in &vectors {
        assert!(verifies(scheme, key, signature), "{scheme}");
        assert!(!Provider.verifies(scheme, key.as_bytes(), b"interdicT", signature), "{scheme}");
        for (other_scheme, other_key, other_signature) in &vectors {
            if other_scheme != scheme {
                assert!(!verifies(other_scheme, key, signature), "{scheme} as {other_scheme}");
                assert!(!verifies(scheme, key, other_signature), "{other_scheme} as {scheme}");
            }
            if other_key != key {
                assert!(!verifies(scheme, other_key, signature), "{scheme} by another key");
            }
        }
        for place in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped.get_mut(place).map(|byte| *byte ^= 1).unwrap();
            assert!(!verifies(scheme, key, &flipped), "{scheme}, byte {place}");
        }
        let (cut, longer) = (signature.get(1..).unwrap(), [signature.as_slice(), &[0]].concat());
        assert!(
            !verifies(scheme, key, cut) && !verifies(scheme, key, &longer) && !verifies(scheme, key, b"")
        );
        for unknown in ["", "ed25519", "ecdsa-sha2-nistp384", "rsassa-pss-sha512", "rsa"] {
            assert!(!verifies(unknown, key, signature), "{unknown:?}");
        }
    }
}

#[test]
fn a_second_encoding_of_a_key_is_no_key() {
    let (ecdsa, pkcs1) = (bytes(P256_SIGNATURE), bytes(PKCS1_SIGNATURE));
    assert!(!verifies(ECDSA, P256_COMPRESSED, &ecdsa), "a compressed point");
    assert!(!verifies(ECDSA, P256_HYBRID, &ecdsa), "a hybrid point");
    assert!(!verifies(PKCS1, RSA_2048_PKCS1, &pkcs1), "PKCS#1 instead of SubjectPublicKeyInfo");
    for (scheme, key, signature) in [(ECDSA, P256, &ecdsa), (PKCS1, RSA_2048, &pkcs1)] {
        let der = spki::from_pem(key.as_bytes()).unwrap();
        assert_eq!(pem(&der), key, "the one encoding");
        let base64 = STANDARD.encode(&der);
        let (label, unlabelled) = ("PUBLIC KEY", "EC PUBLIC KEY");
        for second in [
            key.trim_end().to_owned(),
            format!("{key}\n"),
            key.replace('\n', "\r\n"),
            key.replace(label, unlabelled),
            format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n"),
            pem(&[der.as_slice(), &[0]].concat()),
            pem(der.get(..der.len() - 1).unwrap()),
        ] {
            assert!(!verifies(scheme, &second, signature), "{second}");
        }
    }
}

/// An element of DER whose length needs two bytes.
fn long(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], length.as_slice(), content].concat()
}

/// An RSA key of these integers, heads and all.
fn rsa_spki(integers: &[u8]) -> Vec<u8> {
    let algorithm =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = [vec![0], long(0x30, integers)].concat();
    long(0x30, &[algorithm.to_vec(), long(0x03, &bits)].concat())
}

#[test]
fn an_integer_of_an_rsa_key_has_one_encoding() {
    let signature = bytes(PKCS1_SIGNATURE);
    let der = spki::from_pem(RSA_2048.as_bytes()).unwrap();
    let n = spki::rsa_key(&der).unwrap().n;
    let with_zero = long(0x02, &[&[0], n].concat());
    let exponent = [0x02, 0x03, 0x01, 0x00, 0x01];
    let made = |modulus: &[u8], exponent: &[u8]| pem(&rsa_spki(&[modulus, exponent].concat()));
    assert_eq!(made(&with_zero, &exponent), RSA_2048);
    for second in [
        made(&long(0x02, &[&[0, 0], n].concat()), &exponent),
        made(&long(0x02, n), &exponent),
        made(&with_zero, &[0x02, 0x04, 0x00, 0x01, 0x00, 0x01]),
        made(&with_zero, &[0x02, 0x81, 0x03, 0x01, 0x00, 0x01]),
        made(&with_zero, &[0x02, 0x82, 0x00, 0x03, 0x01, 0x00, 0x01]),
        made(&with_zero, &[0x02, 0x03, 0x01, 0x00, 0x01, 0x05, 0x00]),
        made(&with_zero, &[0x02, 0x00]),
        made(&with_zero, &[0x02, 0x01, 0x00]),
        made(&with_zero, &[0x02, 0x01, 0x01]),
    ] {
        assert!(!verifies(PKCS1, &second, &signature), "{second}");
    }
}

#[test]
fn a_modulus_of_2048_bits_counts_and_one_of_2047_does_not() {
    assert!(verifies(PKCS1, RSA_2048, &bytes(PKCS1_SIGNATURE)));
    assert!(!verifies(PKCS1, RSA_2047, &bytes(RSA_2047_SIGNATURE)));
    assert_eq!(spki::rsa_key(&spki::from_pem(RSA_2047.as_bytes()).unwrap()), None);
}

#[test]
fn a_point_off_the_curve_is_no_key() {
    let mut der = spki::from_pem(P256.as_bytes()).unwrap();
    *der.last_mut().unwrap() ^= 1;
    assert!(spki::p256_point(&der).is_some());
    assert!(!verifies(ECDSA, &pem(&der), &bytes(P256_SIGNATURE)));
}

#[test]
fn damaged_material_is_refused_at_every_length() {
    for (scheme, key, signature) in
        [(ECDSA, P256, bytes(P256_SIGNATURE)), (PKCS1, RSA_2048, bytes(PKCS1_SIGNATURE))]
    {
        let der = spki::from_pem(key.as_bytes()).unwrap();
        for length in 0..der.len() {
            assert!(!verifies(scheme, &pem(der.get(..length).unwrap()), &signature), "{scheme} {length}");
        }
        for length in 0..key.len() {
            assert!(!verifies(scheme, key.get(..length).unwrap(), &signature), "{scheme} {length}");
        }
    }
}

/// Runs OpenSSL in a folder; `None` where it is not installed.
fn openssl(folder: &Path, arguments: &str) -> Option<()> {
    let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().ok()?;
    assert!(run.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&run.stderr));
    Some(())
}

#[test]
fn agrees_with_openssl_on_keys_made_now() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("message"), MESSAGE).unwrap();
    if openssl(at, "version").is_none() {
        // The one way for a test to say that it did not look.
        eprintln!("skipped: openssl is not installed");
        return;
    }
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256";
    for (scheme, make, options) in [
        (ECDSA, "EC -pkeyopt ec_paramgen_curve:P-256".to_owned(), ""),
        (PSS, "RSA -pkeyopt rsa_keygen_bits:2048".to_owned(), pss),
        (PKCS1, "RSA -pkeyopt rsa_keygen_bits:3072".to_owned(), ""),
    ] {
        openssl(at, &format!("genpkey -algorithm {make} -out key")).unwrap();
        openssl(at, "pkey -in key -pubout -out public").unwrap();
        let options = if options.is_empty() { String::new() } else { format!(" {options}") };
        openssl(at, &format!("dgst -sha256 -sign key{options} -out signature message")).unwrap();
        let public = std::fs::read_to_string(at.join("public")).unwrap();
        let signature = std::fs::read(at.join("signature")).unwrap();
        assert!(verifies(scheme, &public, &signature), "{scheme}");
        assert!(!Provider.verifies(scheme, public.as_bytes(), b"another", &signature), "{scheme}");
    }
}
