//! Connections that stay open, and the end of the server.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::{Answer, Fake, Server};
use crate::server::run;
use crate::{BaseUrl, Settings};

#[test]
fn a_connection_is_kept() {
    let server = Server::start();
    let mut stream = server.connect();
    for _ in 0..3 {
        stream.write_all(b"GET /_awsemu/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut buffer = [0; 4096];
        let length = stream.read(&mut buffer).unwrap();
        assert!(buffer[..length].starts_with(b"HTTP/1.1 200"));
    }
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let server = Server::start();
    let mut stream = server.connect();
    stream.write_all(b"GET /_awsemu/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut buffer = [0; 4096];
    assert!(stream.read(&mut buffer).unwrap() > 0);
    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(stream.read(&mut buffer).unwrap_or(0), 0);
}

#[test]
fn who_waits_for_messages_is_answered_at_the_end() {
    let server = Server::start();
    let mut stream = server.connect();
    let request = b"GET /_awsemu/messages?username=a&wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).unwrap();
    // One worker, so the answer to a later request shows that the earlier one is being served.
    assert_eq!(server.get("/_awsemu/health", &[]).status, 200);
    let started = Instant::now();
    drop(server);
    let answer = Answer::read(&mut stream);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"[Some("a")]"#));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn several_listeners() {
    let first = TcpListener::bind("127.0.0.1:0").unwrap();
    let second = TcpListener::bind("127.0.0.1:0").unwrap();
    let addresses = [first.local_addr().unwrap(), second.local_addr().unwrap()];
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let settings = Settings::new(BaseUrl::configured(None, None, 1).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(Fake, settings, vec![first, second], |stop| sender.send(stop).unwrap()))
    });
    let stop = receiver.recv().unwrap();
    for address in addresses {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request = b"GET /_awsemu/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request).unwrap();
        assert_eq!(Answer::read(&mut stream).status, 200);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(stop.stop());
    assert!(thread.join().unwrap().is_ok());
}

#[test]
fn settings_that_cannot_be() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let base = || BaseUrl::configured(None, None, 1).unwrap();
    let error = runtime.block_on(run(Fake, Settings::new(base()), Vec::new(), |_| {})).unwrap_err();
    assert_eq!(error.to_string(), "there is no address to listen on");
    let mut settings = Settings::new(base());
    settings.hosts = vec!["http://a".to_owned()];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = runtime.block_on(run(Fake, settings, vec![listener], |_| {})).unwrap_err();
    assert!(error.to_string().contains("\"http://a\" in the list of hosts"), "{error}");
}
