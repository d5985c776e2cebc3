//! The link for the file of an import job.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use actix_web::web::Bytes;
use cognito_ops::ApiError;

use super::{Answer, Server};

/// The link that takes files.
pub(super) const PATH: &str = "/_awsemu/import/p/j/k";
/// One whose file breaks off.
pub(super) const LOST: &str = "/_awsemu/import/p/lost/k";

/// Hears how it goes with the file that breaks off.
static TOLD: OnceLock<Sender<&str>> = OnceLock::new();

/// Tells that a file has begun, and that it was given up in good order.
pub(super) async fn lose(
    mut next: impl AsyncFnMut() -> Result<Option<Bytes>, ApiError>,
) -> Result<(), ApiError> {
    let tell = |what| TOLD.get().unwrap().send(what).unwrap();
    next().await?;
    tell("began");
    let rest = next().await;
    // What the real one does here is to delete what has arrived.
    tokio::task::yield_now().await;
    tell(if rest.is_err() { "given up" } else { "taken" });
    rest.map(drop)
}

#[test]
fn a_file() {
    let server = Server::start();
    let kms = [("x-amz-server-side-encryption", "aws:kms")];
    let answer = server.request("PUT", PATH, &kms, &vec![b'x'; 2 << 20]);
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(server.request("PUT", PATH, &[], b"").status, 200);
    let answer = server.request("PUT", "/_awsemu/import/p/j/other", &[], b"a");
    assert_eq!(answer.error(), (403, "AccessDenied".to_owned()));
    let answer = server.request("POST", PATH, &[], b"a");
    assert_eq!((answer.status, answer.header("allow")), (405, Some("PUT, OPTIONS")));
}

#[test]
fn the_link_needs_no_token() {
    let server = Server::with(|settings| settings.tools_token = Some("token".to_owned()));
    assert_eq!(server.request("PUT", PATH, &[], b"a").status, 200);
    assert_eq!(server.get("/_awsemu/messages", &[]).status, 403);
}

#[test]
fn sizes_and_times() {
    let server = Server::with(|settings| settings.timeouts.body = Duration::from_millis(200));
    let head = |header: &str| format!("PUT {PATH} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n");
    let answer = server.raw(head("Content-Length: 104857601").as_bytes());
    assert_eq!(answer.error(), (413, "RequestEntityTooLargeException".to_owned()));
    let answer = server.raw((head("Content-Length: 10") + "a").as_bytes());
    assert_eq!(answer.error(), (408, "RequestTimeoutException".to_owned()));
    let mut stream = server.connect();
    stream.write_all(head("Transfer-Encoding: chunked").as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
    for _ in 0..64 {
        // The server may stop reading once it has answered.
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    assert_eq!(Answer::read(&mut stream).status, 413);
}

#[test]
fn what_breaks_off_is_given_up_in_good_order() {
    let server = Server::start();
    let (told, hears) = channel();
    TOLD.set(told).unwrap();
    let head = format!(
        "PUT {LOST} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    );
    let hear = || hears.recv_timeout(Duration::from_secs(10));
    let mut stream = server.connect();
    stream.write_all((head.clone() + "a").as_bytes()).unwrap();
    assert_eq!(hear(), Ok("began"));
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(hear(), Ok("given up"), "the client is done too soon");

    let mut stream = server.connect();
    stream.write_all((head + "a").as_bytes()).unwrap();
    assert_eq!(hear(), Ok("began"));
    // With the 100 unread, the connection is reset.
    drop(stream);
    assert_eq!(hear(), Ok("given up"), "the connection is gone");
}
