//! Requests per second of the server over one kept-alive connection, beside a bare hyper server that sends
//! the same bytes from memory with the same few fields: no file, no conditions, no log, no timeouts.
//!
//! Two loads: one request at a time, and many in flight. Client and servers share one processor: on two, the
//! figure is how long a processor takes to wake, and four times as high or not by chance. The client's work is
//! part of both sides. The ratios at the end come from alternating rounds, so that drift of the machine falls
//! on both alike.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark stops at the first surprise and prints its figures"
)]

use std::convert::Infallible;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use interdict_host::clock::SystemClock;
use interdict_publisher::serve::{AccessLog, RunningServer, ServeOptions, spawn};
use tempfile::TempDir;

const PATH: &str = "metadata/1.snapshot.json";

struct Load {
    name: &'static str,
    bytes: usize,
    in_flight: usize,
}

const LOADS: [Load; 4] = [
    Load { name: "600 B, one at a time", bytes: 600, in_flight: 1 },
    Load { name: "600 B, 32 in flight", bytes: 600, in_flight: 32 },
    Load { name: "1 MiB, one at a time", bytes: 1 << 20, in_flight: 1 },
    Load { name: "1 MiB, 4 in flight", bytes: 1 << 20, in_flight: 4 },
];

/// Serves a folder with one file.
fn ours(bytes: usize) -> (TempDir, RunningServer) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("metadata")).unwrap();
    std::fs::write(folder.path().join(PATH), vec![b'x'; bytes]).unwrap();
    let log = AccessLog::new(std::io::sink(), Arc::new(SystemClock));
    let server = spawn(ServeOptions::new(folder.path(), ([127, 0, 0, 1], 0).into()), log).unwrap();
    (folder, server)
}

/// The floor: hyper and nothing else, until the program ends.
fn bare(bytes: usize) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let content = Bytes::from(vec![b'x'; bytes]);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let content = content.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |_| {
                        let mut response = Response::new(Full::new(content.clone()));
                        let json = hyper::header::HeaderValue::from_static("application/json");
                        response.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
                        async { Ok::<_, Infallible>(response) }
                    });
                    let connection = hyper::server::conn::http1::Builder::new();
                    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
    });
    address
}

/// One connection; every answer has the length of the first.
struct Client {
    stream: TcpStream,
    requests: Vec<u8>,
    answers: Vec<u8>,
}

impl Client {
    fn connect(address: SocketAddr, load: &Load) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request =
            format!("GET /{PATH} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 200"));
        stream.read_exact(&mut vec![0; load.bytes]).unwrap();
        let requests = request.repeat(load.in_flight).into_bytes();
        Self { stream, requests, answers: vec![0; (head.len() + load.bytes) * load.in_flight] }
    }

    fn exchange(&mut self) {
        self.stream.write_all(&self.requests).unwrap();
        self.stream.read_exact(&mut self.answers).unwrap();
        black_box(&self.answers);
    }

    fn time(&mut self, exchanges: usize) -> Duration {
        let start = Instant::now();
        (0..exchanges).for_each(|_| self.exchange());
        start.elapsed()
    }
}

/// Keeps this thread, and those that it starts, on one processor.
fn stay_on_one_processor() {
    let allowed = rustix::thread::sched_getaffinity(None).unwrap();
    let last =
        (0..rustix::thread::CpuSet::MAX_CPU).rev().find(|processor| allowed.is_set(*processor)).unwrap();
    let mut one = rustix::thread::CpuSet::new();
    one.set(last);
    rustix::thread::sched_setaffinity(None, &one).unwrap();
}

fn requests_per_second(criterion: &mut Criterion) {
    stay_on_one_processor();
    let mut ratios = Vec::new();
    for load in &LOADS {
        let (_folder, server) = ours(load.bytes);
        let mut ours = Client::connect(server.address(), load);
        let mut bare = Client::connect(bare(load.bytes), load);
        let mut group = criterion.benchmark_group("serve");
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Elements(load.in_flight as u64));
        group.bench_function(BenchmarkId::new("interdict", load.name), |bencher| {
            bencher.iter(|| ours.exchange());
        });
        group.bench_function(BenchmarkId::new("bare hyper", load.name), |bencher| {
            bencher.iter(|| bare.exchange());
        });
        group.finish();
        ratios.push((load, ratio(load, &mut ours, &mut bare)));
    }
    for (load, (ours, bare, ratio)) in ratios {
        println!("{}: {ours:.0} requests/s, bare hyper {bare:.0}, time ratio {ratio:.2}", load.name);
    }
}

/// Requests per second of both, and the median over rounds of our time in terms of the floor's.
fn ratio(load: &Load, ours: &mut Client, bare: &mut Client) -> (f64, f64, f64) {
    let exchanges = (64 << 20) / (load.bytes.max(60_000) * load.in_flight);
    let rounds: Vec<_> = (0..21).map(|_| (ours.time(exchanges), bare.time(exchanges))).collect();
    let requests = (exchanges * load.in_flight) as f64;
    let median = |figure: &dyn Fn(&(Duration, Duration)) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    (
        median(&|(ours, _)| requests / ours.as_secs_f64()),
        median(&|(_, bare)| requests / bare.as_secs_f64()),
        median(&|(ours, bare)| ours.as_secs_f64() / bare.as_secs_f64()),
    )
}

criterion_group!(benches, requests_per_second);
criterion_main!(benches);
