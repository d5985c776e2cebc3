//! Sizes, times and what is no HTTP.

use std::io::Write;
use std::time::Duration;

use super::{Answer, SIGNED, Server, TYPE, target};

#[test]
fn sizes() {
    let server = Server::start();
    check(&server, "ListUserPools", 1 << 20, 200);
    check(&server, "ListUserPools", (1 << 20) + 1, 413);
    check(&server, "ListUserPools", 5 << 20, 413);
    check(&server, "CreateManagedLoginBranding", 2 << 20, 200);
    check(&server, "UpdateManagedLoginBranding", (2 << 20) + 1, 413);
}

#[test]
fn a_huge_declared_length_is_refused_before_the_body() {
    let server = Server::start();
    let head = head("ListUserPools", "Content-Length: 99999999999");
    let answer = server.raw(head.as_bytes());
    assert_eq!(answer.error(), (413, "RequestEntityTooLargeException".to_owned()));
}

#[test]
fn chunks_without_end() {
    let server = Server::start();
    let mut stream = server.connect();
    stream.write_all(head("ListUserPools", "Transfer-Encoding: chunked").as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    for _ in 0..64 {
        // The server may stop reading once it has answered.
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    assert_eq!(Answer::read(&mut stream).status, 413);
    let small = head("ListUserPools", "Transfer-Encoding: chunked") + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
    let answer = server.raw(small.as_bytes());
    assert_eq!((answer.status, answer.json()["length"].as_u64()), (200, Some(2)));
}

#[test]
fn slow_heads() {
    let server = Server::with(|settings| settings.timeouts.head = Duration::from_millis(200));
    assert_eq!(server.raw(b"POST / HTTP/1.1\r\nHost: localhost\r\n").status, 408);
}

#[test]
fn slow_bodies() {
    let server = Server::with(|settings| settings.timeouts.body = Duration::from_millis(200));
    let answer = server.raw((head("ListUserPools", "Content-Length: 10") + "{").as_bytes());
    assert_eq!(answer.error(), (408, "RequestTimeoutException".to_owned()));
}

#[test]
fn idle_connections() {
    let server = Server::with(|settings| settings.timeouts.idle = Duration::from_millis(200));
    let answer = server.raw(b"GET /_awsemu/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(answer.status, 200);
}

#[test]
fn smuggling() {
    let server = Server::start();
    let two = head("ListUserPools", "Content-Length: 2\r\nTransfer-Encoding: chunked") + "0\r\n\r\n";
    assert_eq!(server.raw(two.as_bytes()).status, 400);
    let two = head("ListUserPools", "Content-Length: 2\r\nContent-Length: 3") + "{}";
    assert_eq!(server.raw(two.as_bytes()).status, 400);
    let folded = head("ListUserPools", "X-A: a\r\n b\r\nContent-Length: 2") + "{}";
    assert_eq!(server.raw(folded.as_bytes()).status, 400);
    let negative = head("ListUserPools", "Content-Length: -1");
    assert_eq!(server.raw(negative.as_bytes()).status, 400);
    for garbage in [b"\x16\x03\x01\x02\x00".as_slice(), b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"] {
        assert!(matches!(server.raw(garbage).status, 0 | 400 | 408 | 505), "{garbage:?}");
    }
    assert_eq!(server.call("ListUserPools", &[]).status, 200);
}

#[test]
fn many_and_large_headers() {
    let server = Server::start();
    let many: String = (0..500).map(|index| format!("X-A{index}: a\r\n")).collect();
    assert_eq!(server.raw(head("ListUserPools", &(many + "Content-Length: 0")).as_bytes()).status, 431);
    let large = format!("X-A: {}\r\nContent-Length: 0", "a".repeat(1 << 20));
    assert!(matches!(server.raw(head("ListUserPools", &large).as_bytes()).status, 0 | 400 | 431));
    assert_eq!(server.call("ListUserPools", &[]).status, 200);
}

fn check(server: &Server, operation: &str, size: usize, expected: u16) {
    let target = target(operation);
    let headers = [TYPE, SIGNED, ("x-amz-target", target.as_str())];
    assert_eq!(
        server.request("POST", "/", &headers, &vec![b' '; size]).status,
        expected,
        "{operation} {size}"
    );
}

fn head(operation: &str, more: &str) -> String {
    let (target, (_, content_type), (_, signed)) = (target(operation), TYPE, SIGNED);
    format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Amz-Target: {target}\r\n\
        Content-Type: {content_type}\r\nAuthorization: {signed}\r\n{more}\r\n\r\n"
    )
}
