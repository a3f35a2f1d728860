//! TLS: certificates, their renewal, and the two protocols over it.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use interdict_publisher::serve::{
    AccessLog, CertificateError, CertificateFiles, Endpoint, Scheme, ServeError, ServeOptions, bind, spawn,
};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::request;
use crate::site::{Site, TIMESTAMP, loopback, published};

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn key_pem(key: &rcgen::KeyPair) -> String {
    pem("PRIVATE KEY", &key.serialize_der())
}

/// A certificate for `localhost` and its key, in a folder as two files; what a client trusts afterwards.
pub fn renew(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    for (name, text) in
        [("chain.pem", pem("CERTIFICATE", made.cert.der())), ("key.pem", key_pem(&made.signing_key))]
    {
        let fresh = folder.join("fresh");
        fs::write(&fresh, text).unwrap();
        fs::rename(fresh, folder.join(name)).unwrap();
    }
    made.cert.der().clone()
}

pub fn files(folder: &Path) -> CertificateFiles {
    CertificateFiles { certificate: folder.join("chain.pem"), key: folder.join("key.pem") }
}

pub type Encrypted = StreamOwned<ClientConnection, TcpStream>;

pub fn connect(address: SocketAddr, trusted: &CertificateDer<'static>, protocol: &str) -> Encrypted {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

/// The whole answer to one request, or what went wrong in the handshake.
pub fn get(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    path: &str,
) -> Result<String, std::io::Error> {
    let mut stream = connect(address, trusted, "http/1.1");
    stream.write_all(request("GET", path, &[("Connection", "close")]).as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8(answer).unwrap())
}

fn encrypted(folder: &Path, change: impl FnOnce(&mut ServeOptions)) -> Site {
    Site::start_with(|options| {
        options.certificate = Some(files(folder));
        change(options);
    })
}

#[test]
fn serves_over_tls_and_beside_it_without() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = renew(folder.path());
    let site = encrypted(folder.path(), |options| {
        options.listen.push(Endpoint::Address(loopback(), Scheme::Http));
    });
    let answer = get(site.server.address(), &trusted, "/metadata/timestamp.json").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with(TIMESTAMP), "{answer}");
    let urls = site.server.urls();
    assert!(
        urls[0].starts_with("https://127.0.0.1:") && urls[1].starts_with("http://127.0.0.1:"),
        "{urls:?}"
    );
    let plain: SocketAddr = urls[1].trim_start_matches("http://").parse().unwrap();
    let answer = crate::client::Connection::open(plain).get("/metadata/timestamp.json", &[]);
    assert_eq!(answer.content, TIMESTAMP.as_bytes());
    let another = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    assert!(get(site.server.address(), another.cert.der(), "/metadata/timestamp.json").is_err());
}

/// A frame of HTTP/2 (RFC 9113 section 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
    frame.extend_from_slice(payload);
    frame
}

/// Header fields that are no more than indices and literals (RFC 7541 section 6).
fn get_block(path: &str) -> Vec<u8> {
    let mut block = vec![0x82, 0x87, 0x01, 9];
    block.extend_from_slice(b"localhost");
    block.extend_from_slice(&[0x04, u8::try_from(path.len()).unwrap()]);
    block.extend_from_slice(path.as_bytes());
    block
}

fn read_frame(stream: &mut Encrypted) -> (u8, u8, u8, Vec<u8>) {
    let mut head = [0; 9];
    stream.read_exact(&mut head).unwrap();
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    stream.read_exact(&mut payload).unwrap();
    (head[3], head[4], head[8], payload)
}

#[test]
fn speaks_http2_with_those_who_choose_it() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = renew(folder.path());
    let site = encrypted(folder.path(), |_| {});
    let mut stream = connect(site.server.address(), &trusted, "h2");
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    stream.write_all(&frame(4, 0, 0, &[])).unwrap();
    for (number, path) in [(1, "/metadata/timestamp.json"), (3, "/absent"), (5, "/%2e%2e/secret")] {
        stream.write_all(&frame(1, 5, number, &get_block(path))).unwrap();
    }
    let (mut contents, mut statuses, mut ended) = ([const { Vec::new() }; 6], [0; 6], 0);
    while ended < 3 {
        let (kind, flags, number, payload) = read_frame(&mut stream);
        match kind {
            0 => contents[usize::from(number)].extend(payload),
            1 => statuses[usize::from(number)] = payload[0],
            _ => {}
        }
        ended += u32::from(matches!(kind, 0 | 1) && flags & 1 == 1);
    }
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
    // Indices of the static table: 200 and 404.
    assert_eq!((statuses[1], statuses[3], statuses[5]), (0x88, 0x8d, 0x8d));
    assert_eq!(contents[1], TIMESTAMP.as_bytes());
    let lines = site.lines.clone();
    site.server.stop().unwrap();
    assert!(lines.text().contains("\"GET /metadata/timestamp.json HTTP/2.0\" 200"), "{}", lines.text());
}

#[test]
fn takes_over_a_renewed_certificate_and_keeps_the_old_one_when_the_new_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let first = renew(folder.path());
    let site = encrypted(folder.path(), |options| options.admin = Some(loopback().into()));
    let address = site.server.address();
    let operators = site.server.admin().unwrap();
    assert!(get(address, &first, "/metadata/timestamp.json").is_ok());
    let counted = |line: &str| {
        let page = crate::client::Connection::open(operators).get("/metrics", &[]);
        String::from_utf8(page.content).unwrap().lines().any(|found| found == line)
    };
    let wait_for = |line: &str| {
        let start = std::time::Instant::now();
        while !counted(line) {
            assert!(start.elapsed() < Duration::from_mins(1), "{line}");
            std::thread::yield_now();
        }
    };
    fs::write(folder.path().join("chain.pem"), "-----BEGIN CERTIFICATE-----\nnothing").unwrap();
    wait_for("interdict_serve_certificate_loads_total{result=\"refused\"} 1");
    assert!(get(address, &first, "/metadata/timestamp.json").is_ok());
    let second = renew(folder.path());
    wait_for("interdict_serve_certificate_loads_total{result=\"renewed\"} 1");
    assert!(get(address, &second, "/metadata/timestamp.json").is_ok());
    assert!(get(address, &first, "/metadata/timestamp.json").is_err());
}

#[test]
fn does_not_start_with_a_certificate_that_does_not_load() {
    let folder = tempfile::tempdir().unwrap();
    renew(folder.path());
    let site = published();
    let refusal = |change: &dyn Fn(&Path)| {
        let broken = tempfile::tempdir().unwrap();
        for name in ["chain.pem", "key.pem"] {
            fs::copy(folder.path().join(name), broken.path().join(name)).unwrap();
        }
        change(broken.path());
        let mut options = ServeOptions::new(site.path(), loopback());
        options.certificate = Some(files(broken.path()));
        match bind(options).unwrap_err() {
            ServeError::Certificate(error) => error,
            other => panic!("{other:?}"),
        }
    };
    let absent = refusal(&|folder| fs::remove_file(folder.join("chain.pem")).unwrap());
    assert!(matches!(absent, CertificateError::Read { path, .. } if path.ends_with("chain.pem")));
    let swapped =
        refusal(&|folder| fs::copy(folder.join("key.pem"), folder.join("chain.pem")).map(drop).unwrap());
    assert!(matches!(swapped, CertificateError::NoCertificate { path } if path.ends_with("chain.pem")));
    let empty = refusal(&|folder| fs::write(folder.join("key.pem"), "").unwrap());
    assert!(matches!(empty, CertificateError::NoKey { path } if path.ends_with("key.pem")));
    let other = refusal(&|folder| {
        let key = key_pem(&rcgen::KeyPair::generate().unwrap());
        fs::write(folder.join("key.pem"), key).unwrap();
    });
    assert!(matches!(other, CertificateError::Unfit { .. }));
    let long = refusal(&|folder| fs::write(folder.join("key.pem"), vec![b'x'; (1 << 20) + 1]).unwrap());
    assert!(matches!(long, CertificateError::TooLong { .. }));
}

#[test]
fn does_not_start_with_tls_and_no_certificate() {
    let site = published();
    let mut options = ServeOptions::new(site.path(), loopback());
    options.listen = vec![Endpoint::Address(loopback(), Scheme::Https)];
    assert!(matches!(spawn(options, AccessLog::none()), Err(ServeError::NoCertificate { .. })));
}

#[test]
fn a_handshake_that_does_not_arrive_ends_with_the_time_for_headers() {
    let folder = tempfile::tempdir().unwrap();
    let trusted = renew(folder.path());
    let site = encrypted(folder.path(), |options| options.header_timeout = Duration::from_millis(400));
    let mut silent = site.connect();
    let mut nonsense = site.connect();
    nonsense.send_what_it_takes("GET / HTTP/1.1\r\n\r\n");
    // An alert and no more.
    assert!(nonsense.rest().len() < 16);
    assert!(silent.rest().is_empty());
    assert!(get(site.server.address(), &trusted, "/metadata/timestamp.json").is_ok());
}
