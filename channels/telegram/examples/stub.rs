//! A stand-in for Telegram's servers, to try the channel without an account: `stub <port>`.

use std::net::{Ipv4Addr, SocketAddr};

use sapa_telegram::stub;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A second call would find the provider there; nothing else can go wrong.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let port = std::env::args().nth(1).ok_or("usage: stub <port>")?.parse()?;
    let stub = stub::serve(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    println!("{} token {}", stub.url(), stub::TOKEN);
    tokio::signal::ctrl_c().await?;
    Ok(())
}
