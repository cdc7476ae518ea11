//! Accepting connections, and the end: whatever began is finished or refused, nothing is cut.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_io_timeout::TimeoutStream;

use super::front::Phase;
use super::limits::FORGET_EVERY;
use super::{Front, Tls};

/// Connections at a time; more wait in the queue of the kernel. Each needs a file of the 1,024 that a program may have
/// open where nobody allows more, and the databases need theirs.
pub const MOST_CONNECTIONS: usize = 800;
/// How long the head of a request may take to come, and how long a connection may be quiet between two: a browser
/// sends a head in one piece, and opens another connection when it comes back later.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// How long somebody may take nothing of an answer that is ready: what goes through the slowest telephone network in
/// that time is more than a page.
const TAKE_WITHIN: Duration = Duration::from_secs(30);
/// How long a TLS handshake may take: two round trips of the slowest telephone network.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// The most bytes of a head: four times what the longest address and all our cookies need.
const HEAD_BYTES: usize = 32 * 1024;
/// When the end has come, quiet connections are kept for so long: a request that is on its way is told so, instead of
/// finding its connection closed.
const LINGER: Duration = Duration::from_secs(1);
/// What has begun may take so long to its end: the longest that a request may take at all.
const FINISH_WITHIN: Duration = Duration::from_secs(30);
/// Then it is refused, and has so long to hear it.
const HEAR_WITHIN: Duration = Duration::from_secs(3);
/// Before the door is closed, whoever stands in the queue of the kernel is let in to be told so.
const LAST_LOOK: Duration = Duration::from_millis(50);
/// After an accept failed: the files of the process are used up, and some connection has to end first.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// Serves until `end` is ready. Then nobody new is let in, what began is finished within half a minute, and what is
/// not finished or begins on a connection that is still open is refused with 503.
pub async fn serve(
    listener: TcpListener,
    front: Arc<Front>,
    tls: Option<Tls>,
    connections: usize,
    end: impl Future<Output = ()> + Send + 'static,
) {
    let door = Door { front: Arc::clone(&front), tls, places: Arc::new(Semaphore::new(connections)) };
    let forgetting = tokio::spawn(forget(Arc::clone(&front)));
    let mut end = pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            place = Arc::clone(&door.places).acquire_owned() => {
                // The semaphore is never closed.
                let Ok(place) = place else { break };
                tokio::select! {
                    () = &mut end => break,
                    accepted = listener.accept() => door.let_in(accepted, place).await,
                }
            }
        }
    }
    front.enter(Phase::Ending);
    door.let_in_who_waits(&listener).await;
    drop(listener);
    let everyone = u32::try_from(connections).unwrap_or(u32::MAX);
    let gone = || door.places.acquire_many(everyone);
    if timeout(FINISH_WITHIN, gone()).await.is_err() {
        front.enter(Phase::Over);
        if timeout(HEAR_WITHIN, gone()).await.is_err() {
            tracing::warn!("some connections did not take their answer and were cut");
        }
    }
    forgetting.abort();
}

/// Ready when the program is asked to end: Ctrl-C or SIGTERM.
pub async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _ = interrupted.await;
}

async fn forget(front: Arc<Front>) {
    let mut ticks = tokio::time::interval(FORGET_EVERY);
    loop {
        ticks.tick().await;
        front.limits().forget();
    }
}

/// How long a visitor is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the head of a request, and between two requests.
    pub head: Duration,
    /// For taking more of an answer.
    pub take: Duration,
}

const PATIENCE: Patience = Patience { head: HEAD_WITHIN, take: TAKE_WITHIN };

/// Lets connections in.
struct Door {
    front: Arc<Front>,
    tls: Option<Tls>,
    places: Arc<Semaphore>,
}

impl Door {
    async fn let_in(
        &self,
        accepted: std::io::Result<(TcpStream, std::net::SocketAddr)>,
        place: OwnedSemaphorePermit,
    ) {
        match accepted {
            Ok((stream, peer)) => {
                // Answers are small and whole: waiting for more to send only delays them.
                let _ = stream.set_nodelay(true);
                let (front, tls) = (Arc::clone(&self.front), self.tls.clone());
                tokio::spawn(async move {
                    let _place = place;
                    let _counted = front.connected();
                    attend(&front, tls, stream, peer.ip()).await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(AFTER_FAILURE).await;
            }
        }
    }

    /// Whoever is in the queue already is told that the server is ending.
    async fn let_in_who_waits(&self, listener: &TcpListener) {
        let until = Instant::now() + LAST_LOOK;
        while let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            let Ok(accepted) = timeout_at(until, listener.accept()).await else { return };
            self.let_in(accepted, place).await;
        }
    }
}

async fn attend(front: &Arc<Front>, tls: Option<Tls>, stream: TcpStream, peer: IpAddr) {
    let Some(tls) = tls else { return converse(front, stream, peer, PATIENCE).await };
    match timeout(HANDSHAKE_WITHIN, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => converse(front, stream, peer, PATIENCE).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

/// Answers one request after another.
pub(super) async fn converse<S>(front: &Arc<Front>, stream: S, peer: IpAddr, patience: Patience)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.take));
    let service = service_fn(|request: http::Request<Incoming>| async move {
        Ok::<_, Infallible>(front.answer(request.map(Body::new), peer).await)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        // The buffer alone lets through what comes in one piece.
        .max_buf_size(HEAD_BYTES)
        .max_header_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = lingered(front) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Ready some time after the end has begun.
async fn lingered(front: &Front) {
    front.has_come(Phase::Ending).await;
    sleep(LINGER).await;
}
