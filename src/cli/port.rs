//! Ports of this machine: free ones, and who answers at one.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Whether something else listens there already, or it cannot be listened at for another reason.
pub fn try_listen(address: SocketAddr) -> io::Result<()> {
    TcpListener::bind(address).map(drop)
}

/// A port of this machine that nobody listens at.
pub fn free() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Where to reach a listener on this machine.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => {
            (std::net::Ipv6Addr::LOCALHOST, v6.port()).into()
        }
        given => given,
    }
}

/// The status with which a web server answers to a path.
pub async fn http_status(address: SocketAddr, path: &str) -> io::Result<u16> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        first_line(&mut stream).await
    };
    let line =
        timeout(PATIENCE, answer).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|status| status.parse().ok());
    status.ok_or_else(|| io::Error::other("no web server answers there"))
}

/// The line with which a mail server greets.
pub async fn greeting(host: &str, port: u16) -> io::Result<String> {
    let greeting = async { first_line(&mut TcpStream::connect((host, port)).await?).await };
    timeout(PATIENCE, greeting).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Whether a connection can be made at all.
pub async fn connect(host: &str, port: u16) -> io::Result<()> {
    let connection = TcpStream::connect((host, port));
    timeout(PATIENCE, connection)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        .map(drop)
}

/// The first line that comes, of at most 512 bytes.
async fn first_line(stream: &mut TcpStream) -> io::Result<String> {
    let mut line = Vec::new();
    while line.len() < 512 {
        match stream.read_u8().await {
            Ok(b'\n') => break,
            Ok(byte) => line.push(byte),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_is_told_free_or_taken_and_by_whom() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free().unwrap()));
        try_listen(address).unwrap();
        assert!(connect("127.0.0.1", address.port()).await.is_err());
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        assert_eq!(try_listen(address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        let server = tokio::spawn(async move {
            for answer in
                ["220 mx.example.com\r\n", "HTTP/1.1 503 Service Unavailable\r\n\r\n", "hello\n"]
            {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream.shutdown().await.unwrap();
                // Read to the end, or the answer may be lost with a reset.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
        assert_eq!(greeting("127.0.0.1", address.port()).await.unwrap(), "220 mx.example.com");
        assert_eq!(http_status(address, "/readyz").await.unwrap(), 503);
        assert!(http_status(address, "/readyz").await.is_err());
        server.await.unwrap();
    }
}
