//! What may be called, and what is refused.

use std::{
    io::{Read, Write},
    net::{IpAddr, TcpListener},
};

use super::*;

fn client(allow: &[&str]) -> OutboundClient {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let allow = allow.iter().map(|address| address.parse().unwrap()).collect();
    OutboundClient::new(&config::Outbound { allow }).unwrap()
}

/// A server of one answer. Tells its port, and what it was sent.
fn serve(answer: &'static [u8]) -> (u16, std::thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut chunk = [0; 4096];
        while !request.ends_with(b"{\"a\":1}") {
            let read = stream.read(&mut chunk).unwrap();
            request.extend_from_slice(&chunk[..read]);
        }
        let _ = stream.write_all(answer);
        request
    });
    (port, server)
}

async fn post(client: &OutboundClient, url: &str) -> Result<Answer, CallError> {
    client.post(url, HeaderMap::new(), Bytes::from_static(b"{\"a\":1}")).await
}

#[test]
fn r4_only_addresses_of_the_public_internet_are_permitted() {
    let guard = Guard::new(Vec::new());
    let inner = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.2.3",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2001:10::1",
        "2002:7f00:1::1",
        "3fff::1",
        "4000::1",
    ];
    for address in inner {
        assert!(!guard.permits(address.parse().unwrap()), "{address}");
    }
    let public = [
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2a00:1450::1",
    ];
    for address in public {
        assert!(guard.permits(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn r4_odd_spellings_of_inner_addresses_are_known() {
    let client = client(&[]);
    let spellings = [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[0:0:0:0:0:ffff:7f00:1]/",
        "https://[fd00::1]:8443/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://%31%32%37.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http:\\\\127.0.0.1\\x",
        "http://0/",
    ];
    for url in spellings {
        assert_eq!(client.check(url), Err(UrlError::Inner), "{url}");
    }
}

#[test]
fn r4_only_the_web_is_called_and_without_credentials() {
    let client = client(&[]);
    for (url, error) in [
        ("ftp://example.com/", UrlError::Scheme),
        ("file:///etc/passwd", UrlError::Scheme),
        ("gopher://example.com/", UrlError::Scheme),
        ("https://user:secret@example.com/", UrlError::Credentials),
        ("https://user@example.com/", UrlError::Credentials),
        ("https://", UrlError::Malformed),
        ("example.com/hook", UrlError::Malformed),
        ("", UrlError::Malformed),
    ] {
        assert_eq!(client.check(url), Err(error), "{url}");
    }
    assert!(client.check("https://example.com:8443/hook?a=b").is_ok());
}

#[tokio::test]
async fn r4_a_name_that_leads_inside_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    let error = post(&client(&[]), &url).await.unwrap_err();
    assert!(matches!(error, CallError::Denied(Denied)), "{error:?}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn r4_of_a_name_with_several_addresses_the_inner_ones_are_left_out() {
    let addresses = ["10.0.0.1:0", "8.8.8.8:0", "[::1]:0"]
        .map(|address| address.parse::<std::net::SocketAddr>().unwrap());
    let guard = Guard::new(vec![IpAddr::from([10, 0, 0, 1])]);
    assert_eq!(guard.permitted(addresses.into_iter()).unwrap(), &addresses[..2]);
    assert_eq!(Guard::new(Vec::new()).permitted(addresses[..1].iter().copied()), Err(Denied));
}

#[tokio::test]
async fn an_allowed_inner_address_is_called_with_the_body() {
    let (port, server) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    let answer =
        post(&client(&["127.0.0.1"]), &format!("http://127.0.0.1:{port}/hook?x=1")).await.unwrap();
    assert!(answer.is_success());
    assert_eq!(&answer.body[..], b"ok");
    let request = String::from_utf8(server.join().unwrap()).unwrap();
    assert!(request.starts_with("POST /hook?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn r4_a_redirect_is_an_answer_and_is_not_followed() {
    let (port, _server) =
        serve(b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n");
    let answer = post(&client(&["127.0.0.1"]), &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!(answer.status, 302);
    assert!(!answer.is_success());
}

#[tokio::test]
async fn a_long_answer_is_cut() {
    static LONG: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_vec();
        answer.resize(answer.len() + 1_000_000, b'x');
        answer
    });
    let (port, _server) = serve(&LONG);
    let answer = post(&client(&["127.0.0.1"]), &format!("http://127.0.0.1:{port}/")).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, MOST_ANSWER));
}

#[tokio::test]
async fn no_server_is_no_connection_and_the_error_keeps_the_address_to_itself() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = post(&client(&["127.0.0.1"]), &format!("http://127.0.0.1:{port}/hook?key=secret"))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::NotConnected(_)), "{error:?}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
