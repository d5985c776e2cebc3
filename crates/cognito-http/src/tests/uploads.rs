//! The link for the file of an import job.

use std::io::Write;
use std::time::Duration;

use super::{Answer, Server};

const PATH: &str = "/_awsemu/import/p/j/k";

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
