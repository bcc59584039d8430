//! What an idle visitor costs.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use crate::support::{Chat, ORIGIN};

const VISITORS: usize = 400;

/// Resident memory of this process in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let resident: usize = pages.split(' ').nth(1).unwrap().parse().unwrap();
    resident * 4096
}

/// A client that takes no memory to speak of: it shakes hands, says hello, and reads until it is ready.
fn idle_visitor(address: SocketAddr, secret: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "GET /chat/seruni/socket HTTP/1.1\r\nhost: x\r\norigin: {ORIGIN}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
         sec-websocket-protocol: sapa.chat.v1\r\n\r\n"
    )
    .unwrap();
    let hello = format!(r#"{{"t":"hello","visitor":"{secret}"}}"#);
    // A masked text frame whose mask is zero.
    let mut frame = vec![0x81, 0x80 | u8::try_from(hello.len()).unwrap(), 0, 0, 0, 0];
    frame.extend_from_slice(hello.as_bytes());
    socket.write_all(&frame).unwrap();
    let mut got = vec![];
    let mut chunk = [0; 512];
    while !String::from_utf8_lossy(&got).contains(r#""t":"ready""#) {
        let read = socket.read(&mut chunk).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&got));
        got.extend_from_slice(&chunk[..read]);
    }
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_visitor_takes_at_most_16_kib() {
    let chat = Chat::new().await;
    let connect = async |many: usize| {
        let (address, site) = (chat.address, chat.hub.site.clone());
        tokio::task::spawn_blocking(move || {
            (0..many).map(|_| idle_visitor(address, &site.new_visitor())).collect::<Vec<_>>()
        })
        .await
        .unwrap()
    };
    let warm = connect(100).await;
    let before = resident();
    let visitors = connect(VISITORS).await;
    let each = resident().saturating_sub(before) / VISITORS;
    assert_eq!(chat.server.connected(), warm.len() + visitors.len());
    eprintln!("an idle visitor takes {each} bytes");
    assert!(each <= 16 * 1024, "{each} bytes");
}
