//! Taking connections. A client that does not come to the end of a head, or says no more of a body, is not waited for, so
//! that those who only hold a connection do not use up all of them (R22).

use std::{io, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

/// How long a client may take for the head of a call, be silent in its body, and let wait for the next one: longer than a
/// balancer keeps a connection that it means to use again, which is a minute with nginx.
pub const PATIENCE: Duration = Duration::from_secs(75);

/// Serves until told to stop. Then no connection is taken any more, and calls under way are finished.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    patience: Duration,
    stop: CancellationToken,
) -> io::Result<()> {
    let mut server = Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    let open = TaskTracker::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let (stream, peer): (_, SocketAddr) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, mostly: they come back as clients leave.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Chat is small writes that must leave at once.
        let _ = stream.set_nodelay(true);
        let (router, server, stop) = (router.clone(), server.clone(), stop.clone());
        open.spawn(async move {
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                router.clone().oneshot(request.map(|body| TimeoutBody::new(patience, body)))
            });
            let mut connection =
                pin!(server.serve_connection_with_upgrades(TokioIo::new(stream), service));
            // How a connection ends is the client's affair.
            if stop.run_until_cancelled(connection.as_mut()).await.is_none() {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        });
    }
    drop(listener);
    open.close();
    open.wait().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::{
        extract::rejection::StringRejection,
        routing::{get, post},
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    #[tokio::test]
    async fn r22_a_body_that_does_not_go_on_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let echo = |body: Result<String, StringRejection>| async { body };
        let router = Router::new().route("/", post(echo));
        let stop = CancellationToken::new();
        tokio::spawn(serve(router, listener, Duration::from_millis(300), stop.clone()));
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"POST / HTTP/1.1\r\nHost: sapa\r\nContent-Length: 8\r\n\r\nhal")
            .await
            .unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        stop.cancel();
    }

    #[tokio::test]
    async fn r22_a_head_that_does_not_end_is_not_waited_for_and_stopping_ends_all() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (router, stop) =
            (Router::new().route("/", get(|| async { "halo" })), CancellationToken::new());
        let serving =
            tokio::spawn(serve(router, listener, Duration::from_millis(300), stop.clone()));

        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: sapa\r\nX-Slow: ").await.unwrap();
        let mut good = TcpStream::connect(address).await.unwrap();
        good.write_all(b"GET / HTTP/1.1\r\nHost: sapa\r\n\r\n").await.unwrap();
        let (mut said, mut answer) = (Vec::new(), String::new());
        // Neither is kept open: the one was too slow, the other said nothing more.
        slow.read_to_end(&mut said).await.unwrap();
        good.read_to_string(&mut answer).await.unwrap();
        assert!(!String::from_utf8_lossy(&said).contains("halo"));
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("halo"), "{answer}");

        stop.cancel();
        serving.await.unwrap().unwrap();
    }
}
