//! Requests over kept connections, as fast as they are answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Requests as bytes, asked in turn; each must be answered with 200.
pub struct Requests(pub Vec<Vec<u8>>);

/// A request as bytes.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// How many requests a second are answered over `connections`.
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
pub fn drive(address: SocketAddr, requests: &Requests, connections: usize, length: Duration) -> f64 {
    actix_web::rt::System::new().block_on(async {
        let began = Instant::now();
        let until = began + length;
        let ask = async |offset: usize| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut answered = 0;
            let mut answer = Vec::new();
            for request in requests.0.iter().cycle().skip(offset % requests.0.len()) {
                if Instant::now() >= until {
                    break;
                }
                exchange(&mut stream, request, &mut answer).await;
                assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
                answered += 1;
            }
            answered
        };
        let offsets = (0..connections).map(|number| ask(number * requests.0.len() / connections));
        let answered: usize = futures_util::future::join_all(offsets).await.into_iter().sum();
        answered as f64 / began.elapsed().as_secs_f64()
    })
}

/// Asks each in turn, so many rounds over one connection, and answers each one's times, sorted: what disturbs the machine disturbs
/// all alike.
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
pub fn interleaved<const N: usize>(address: SocketAddr, requests: &[Vec<u8>; N], rounds: usize) -> [Vec<Duration>; N] {
    actix_web::rt::System::new().block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut times = [const { Vec::new() }; N];
        let mut answer = Vec::new();
        for _ in 0..rounds {
            for (request, times) in requests.iter().zip(&mut times) {
                let began = Instant::now();
                exchange(&mut stream, request, &mut answer).await;
                times.push(began.elapsed());
                assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
            }
        }
        times.each_mut().map(|times| {
            times.sort();
            std::mem::take(times)
        })
    })
}

/// A time in milliseconds.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Asks once on a new connection, and answers the whole response.
pub fn once(address: SocketAddr, request: &[u8]) -> String {
    actix_web::rt::System::new().block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut answer = Vec::new();
        exchange(&mut stream, request, &mut answer).await;
        String::from_utf8(answer).unwrap()
    })
}

/// Reads one answer, whose length its header tells.
async fn exchange(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) {
    stream.write_all(request).await.unwrap();
    answer.clear();
    loop {
        assert!(stream.read_buf(answer).await.unwrap() > 0, "the server closed the connection");
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let header = String::from_utf8_lossy(answer.get(..head).unwrap()).to_ascii_lowercase();
        let length = header.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |text| text.parse().unwrap());
        if answer.len() >= head + 4 + length {
            return;
        }
    }
}
