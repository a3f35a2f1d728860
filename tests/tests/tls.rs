//! Repositories over https: a real server with TLS, whose certificates the test makes itself.
//!
//! Trust rests on signatures and not on TLS; what is shown here is that TLS does what it is for, and that it fails as no answer.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail by panicking and work on real folders"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use interdict_client::fetch::{
    Fetch, FetchError, Folder, Http, HttpError, NetworkOptions, SystemAuthorities,
};
use interdict_host::exit::Exit;
use interdict_tests::agency::{Agency, Run};
use interdict_tests::simulator::{Simulator, payload};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A certificate authority.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Writes its certificate to a file.
    fn keep(&self, file: &Path) -> PathBuf {
        let text = BASE64_STANDARD.encode(self.0.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        fs::write(file, pem).unwrap();
        file.to_path_buf()
    }

    /// What a server shows that has a name and an address: good from 1975 to the year 4096, unless it is changed.
    fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate: CertificateDer<'static> = params.signed_by(&key, &self.0).unwrap().der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap()
    }
}

/// A server over https: how many connections were made, and what was asked for.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves these files; with a `redirect`, sends everybody there instead.
    fn of(files: BTreeMap<String, Vec<u8>>, tls: ServerConfig, redirect: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests): (Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>) = Default::default();
        let (counted, asked, tls) = (Arc::clone(&connections), Arc::clone(&requests), Arc::new(tls));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut tcp = connection.unwrap();
                let mut session = ServerConnection::new(Arc::clone(&tls)).unwrap();
                // Before the client has seen anything by which it could end.
                counted.fetch_add(1, Ordering::SeqCst);
                if complete(&mut session, &mut tcp).is_ok() {
                    // A client that goes away is its own affair.
                    let _ = answer(StreamOwned::new(session, tcp), &files, redirect.as_deref(), &asked);
                }
            }
        });
        Self { address, connections, requests }
    }

    fn url(&self) -> String {
        format!("https://{}/", self.address)
    }

    /// How many connections there were since the last call.
    fn connections(&self) -> usize {
        self.connections.swap(0, Ordering::SeqCst)
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }
}

fn complete(session: &mut ServerConnection, tcp: &mut TcpStream) -> io::Result<()> {
    while session.is_handshaking() {
        session.complete_io(tcp)?;
    }
    Ok(())
}

/// Answers one request, and closes.
fn answer(
    stream: StreamOwned<ServerConnection, TcpStream>,
    files: &BTreeMap<String, Vec<u8>>,
    redirect: Option<&str>,
    asked: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    asked.lock().unwrap().push(path.clone());
    let mut stream = reader.into_inner();
    let (status, bytes) = match (redirect, files.get(&path)) {
        (Some(to), _) => (format!("302 Found\r\nLocation: {to}{path}"), &[][..]),
        (None, Some(bytes)) => ("200 OK".to_owned(), bytes.as_slice()),
        (None, None) => ("404 Not Found".to_owned(), &[][..]),
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len())?;
    stream.write_all(bytes)?;
    stream.conn.send_close_notify();
    stream.flush()?;
    stream.sock.shutdown(std::net::Shutdown::Write)
}

fn one_directive() -> Simulator {
    let mut authority = Simulator::new();
    authority.directive(&payload("BOD-1", 1, None));
    authority.publish();
    authority
}

fn files(authority: &Simulator) -> BTreeMap<String, Vec<u8>> {
    authority.files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

/// Syncs over https, trusting the certificate authorities of a file; nothing that was held may change where it fails.
fn sync(agency: &Agency, url: &str, ca: Option<&Path>) -> Run {
    let mut setup = vec!["setup", url];
    if let Some(ca) = ca {
        setup.extend(["--ca-file", ca.to_str().unwrap()]);
    }
    assert_eq!(agency.run(&setup).exit(), Exit::Done);
    let before = agency.held();
    let run = agency.run(&["sync"]);
    assert!(run.exit() == Exit::Done || agency.held() == before, "{}", run.stderr);
    run
}

/// An agency, a file with the certificate of an authority, and that authority.
fn machine(repository: &Simulator) -> (Agency, PathBuf, Authority) {
    let (agency, ca) = (Agency::trusting(repository), Authority::new("one"));
    let file = ca.keep(&agency.path("ca.pem"));
    (agency, file, ca)
}

#[test]
fn the_file_of_authorities_that_is_configured_is_the_one_that_counts() {
    let repository = one_directive();
    let (agency, file, ca) = machine(&repository);
    let server = Server::of(files(&repository), ca.issue("127.0.0.1", |_| {}), None);
    let run = sync(&agency, &server.url(), Some(&file));
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
    assert!(agency.policy().contains("BOD-1"));
    assert_eq!(server.requests().len(), 6, "root, timestamp, snapshot, targets, issuers, one directive");
    // It also wins over the environment's.
    let other = Authority::new("other").keep(&agency.path("other.pem"));
    let environment =
        |test: interdict_host::testing::TestWorld| test.variable("SSL_CERT_FILE", other.to_str().unwrap());
    let run = agency.run_arranged(environment, &["sync"]);
    assert_eq!(run.exit(), Exit::Done, "{}", run.stderr);
}

#[test]
fn a_server_by_an_unknown_authority_is_no_answer_and_is_asked_for_nothing() {
    let repository = one_directive();
    let (agency, file, _) = machine(&repository);
    // Of another name; and of the same name, with another key.
    for (name, ca) in [("two", Some(file.as_path())), ("one", Some(&file)), ("one", None)] {
        let server = Server::of(files(&repository), Authority::new(name).issue("127.0.0.1", |_| {}), None);
        let run = sync(&agency, &server.url(), ca);
        assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
        assert!(
            run.stderr.contains("the server's certificate is by an authority that is not known here"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("hint: ") && run.stderr.contains("--ca-file FILE"), "{}", run.stderr);
        assert_eq!(server.requests(), [""; 0]);
    }
}

#[test]
fn a_certificate_that_has_expired_or_is_for_another_host_is_no_answer() {
    let repository = one_directive();
    let (agency, file, ca) = machine(&repository);
    let expired = ca.issue("127.0.0.1", |params| params.not_after = date_time_ymd(1990, 1, 1));
    let early = ca.issue("127.0.0.1", |params| params.not_before = date_time_ymd(4095, 1, 1));
    for (tls, says) in [
        (expired, "certificate expired"),
        (early, "certificate not valid yet"),
        (ca.issue("127.0.0.2", |_| {}), "certificate not valid for name"),
        (ca.issue("localhost", |_| {}), "certificate not valid for name"),
    ] {
        let server = Server::of(files(&repository), tls, None);
        let run = sync(&agency, &server.url(), Some(&file));
        assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
        assert!(run.stderr.contains(says), "{says}: {}", run.stderr);
        assert_eq!(server.requests(), [""; 0], "{says}");
    }
}

#[test]
fn a_redirect_from_https_to_http_is_not_followed() {
    let repository = one_directive();
    let (agency, file, ca) = machine(&repository);
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    plain.set_nonblocking(true).unwrap();
    let to = format!("http://{}/", plain.local_addr().unwrap());
    let server = Server::of(BTreeMap::new(), ca.issue("127.0.0.1", |_| {}), Some(to));
    let run = sync(&agency, &server.url(), Some(&file));
    assert_eq!(run.exit(), Exit::NoAnswer, "{}", run.stderr);
    assert!(run.stderr.contains("a redirect to another scheme"), "{}", run.stderr);
    assert_eq!(server.requests().len(), 1);
    assert_eq!(plain.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock, "nobody came over http");
}

#[test]
fn a_redirect_from_https_to_https_is_followed_and_its_certificate_checked() {
    let repository = one_directive();
    let (agency, file, ca) = machine(&repository);
    let known = Server::of(files(&repository), ca.issue("127.0.0.1", |_| {}), None);
    let unknown = Server::of(files(&repository), Authority::new("two").issue("127.0.0.1", |_| {}), None);
    for (there, exit) in [(&unknown, Exit::NoAnswer), (&known, Exit::Done)] {
        let server = Server::of(BTreeMap::new(), ca.issue("127.0.0.1", |_| {}), Some(there.url()));
        let run = sync(&agency, &server.url(), Some(&file));
        assert_eq!(run.exit(), exit, "{}", run.stderr);
    }
    assert_eq!(unknown.requests(), [""; 0]);
    assert_eq!(known.requests().len(), 6);
}

#[test]
fn authorities_of_the_folder_are_loaded_where_the_bundle_does_not_know_the_server_and_then_kept() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = Authority::new("one").keep(&folder.path().join("bundle.pem"));
    let in_folder = folder.path().join("certs");
    fs::create_dir(&in_folder).unwrap();
    let ca = Authority::new("two");
    ca.keep(&in_folder.join("two.pem"));
    let system = SystemAuthorities::At { bundle, folder: in_folder };
    let options = NetworkOptions { system, ..NetworkOptions::default() };
    let content = BTreeMap::from([("metadata/file".to_owned(), b"content".to_vec())]);
    let server = Server::of(content.clone(), ca.issue("127.0.0.1", |_| {}), None);
    let http = Http::new(&server.url(), &options).unwrap();
    for connections in [2, 1] {
        assert_eq!(http.fetch(Folder::Metadata, "file", 7).unwrap(), b"content");
        assert_eq!(server.connections(), connections);
    }
    // Whom neither knows stays unknown; what else is wrong with a certificate is not tried twice.
    let stranger = Server::of(content.clone(), Authority::new("three").issue("127.0.0.1", |_| {}), None);
    let http = Http::new(&stranger.url(), &options).unwrap();
    let error = http.fetch(Folder::Metadata, "file", 7).unwrap_err();
    let FetchError::Network { source, .. } = &error else { unreachable!("{error}") };
    assert!(matches!(**source, HttpError::UnknownAuthority(_)), "{error}");
    assert_eq!(stranger.connections(), 2);
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(1990, 1, 1);
    let expired = Server::of(content, ca.issue("127.0.0.1", expired), None);
    let certificate = NetworkOptions {
        certificate_file: Some(folder.path().join("certs/two.pem")),
        ..NetworkOptions::default()
    };
    let http = Http::new(&expired.url(), &certificate).unwrap();
    http.fetch(Folder::Metadata, "file", 7).unwrap_err();
    assert_eq!(expired.connections(), 1);
    assert_eq!(expired.requests(), [""; 0]);
}
