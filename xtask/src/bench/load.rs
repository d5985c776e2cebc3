//! A load generator: one thread that drives kept connections, each of which sends prepared requests in turn.
//!
//! One thread, because the kernel bills the server for waking whoever waits for its answer: of a thread for each
//! connection that was a third of a cheap request.

use std::io::{self, ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::client::{Answer, PATIENCE, Request, failed};

/// Sends `count` requests in turn over `connections` connections.
pub fn load(port: u16, connections: usize, requests: &[Request], count: usize) -> Result<(), String> {
    drive(port, connections, requests, |sent| sent < count).map(drop).map_err(failed)
}

/// Sends requests in turn for a time; returns how many were answered.
pub fn load_for(
    port: u16,
    connections: usize,
    requests: &[Request],
    time: Duration,
) -> Result<usize, String> {
    let end = Instant::now() + time;
    drive(port, connections, requests, |_| Instant::now() < end).map_err(failed)
}

/// `more` is asked with the number of requests that were sent before.
fn drive(
    port: u16,
    connections: usize,
    requests: &[Request],
    more: impl Fn(usize) -> bool,
) -> io::Result<usize> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(connections);
    let mut sent = 0;
    let mut next = || {
        let request = more(sent).then(|| &requests[sent % requests.len()]);
        sent += 1;
        request
    };
    let mut open = Vec::with_capacity(connections);
    for (number, request) in (0..connections).map_while(|number| Some((number, next()?))) {
        let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        poll.registry().register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE)?;
        open.push(Exchange { stream, request, written: 0, answer: Answer::default() });
    }
    let (mut busy, mut done) = (open.len(), 0);
    while busy > 0 {
        poll.poll(&mut events, Some(PATIENCE))?;
        if events.is_empty() {
            return Err(ErrorKind::TimedOut.into());
        }
        for event in &events {
            let exchange = &mut open[event.token().0];
            while exchange.go_on()? {
                done += 1;
                match next() {
                    Some(request) => exchange.begin(request),
                    None => {
                        busy -= 1;
                        break;
                    }
                }
            }
        }
    }
    Ok(done)
}

/// A kept connection with a request under way.
struct Exchange<'a> {
    stream: TcpStream,
    request: &'a Request,
    written: usize,
    answer: Answer,
}

impl<'a> Exchange<'a> {
    /// Begins the next request.
    fn begin(&mut self, request: &'a Request) {
        (self.request, self.written, self.answer) = (request, 0, Answer::default());
    }

    /// Writes and reads as much as goes, and says whether the answer is whole.
    fn go_on(&mut self) -> io::Result<bool> {
        match self.write_and_read() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            whole => whole,
        }
    }

    fn write_and_read(&mut self) -> io::Result<bool> {
        while self.written < self.request.bytes.len() {
            self.written += self.stream.write(&self.request.bytes[self.written..])?;
        }
        while !self.answer.read(&mut self.stream, self.request)? {}
        Ok(true)
    }
}
