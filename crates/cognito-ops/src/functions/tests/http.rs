//! Functions behind HTTP.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

#[tokio::test]
async fn a_url_gets_the_event_and_gives_the_answer() {
    let (url, requests) = server(http(200, "", r#"{"response":{"a":1}}"#)).await;
    let map = map(Target::http(&format!("{url}/pre-sign-up?x=1")).unwrap());
    assert_eq!(call(&map, "jane", LONG).await, r#"{"response":{"a":1}}"#);
    let request = requests.await.unwrap();
    assert!(request.starts_with("POST /pre-sign-up?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("content-type: application/json\r\n"), "{request}");
    assert!(request.ends_with(&event("jane").to_string()), "{request}");
}

#[tokio::test]
async fn the_invoke_api_gets_the_name_of_the_function() {
    let (url, requests) = server(http(200, "", r#"{"response":{}}"#)).await;
    let map = map(Target::invoke_api(&url).unwrap());
    assert_eq!(call(&map, "jane", LONG).await, r#"{"response":{}}"#);
    let request = requests.await.unwrap();
    assert!(request.starts_with("POST /2015-03-31/functions/greet/invocations HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with(&event("jane").to_string()), "{request}");
}

#[tokio::test]
async fn what_a_url_answers() {
    let unavailable = "the function could not be invoked: ServiceException";
    let garbage = "the function's answer cannot be read";
    for (answer, expected) in [
        (http(200, "", "hello"), garbage),
        (http(200, "", "null"), "null"),
        (http(200, "", r#"{"errorMessage":"no entry"}"#), "the function failed: no entry"),
        (
            http(500, "", r#"{"errorMessage":"no entry","errorType":"Error"}"#),
            "the function failed: no entry",
        ),
        (http(500, "", "<html>"), unavailable),
        (http(302, "Location: http://127.0.0.1:1/\r\n", "{}"), unavailable),
        (http(200, "", &"1".repeat(7_000_000)), garbage),
        ("nonsense".to_owned(), unavailable),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}".to_owned(), unavailable),
    ] {
        let (url, _) = server(answer.clone()).await;
        let map = map(Target::http(&url).unwrap());
        assert_eq!(call(&map, "jane", LONG).await, expected, "{:.200}", answer);
    }
}

#[tokio::test]
async fn what_the_invoke_api_answers() {
    let failed = |name: &str| format!("the function could not be invoked: {name}");
    for (answer, expected) in [
        (
            http(200, "X-Amz-Function-Error: Unhandled\r\n", r#"{"errorMessage":"no entry","more":1}"#),
            "the function failed: no entry".to_owned(),
        ),
        (http(200, "X-Amz-Function-Error: Unhandled\r\n", "oops"), "the function failed: ".to_owned()),
        (
            http(404, "x-amzn-ErrorType: ResourceNotFoundException:http://x/\r\n", r#"{"Type":"User"}"#),
            failed("ResourceNotFoundException"),
        ),
        (
            http(429, "", r#"{"__type":"com.amazonaws#TooManyRequestsException"}"#),
            failed("TooManyRequestsException"),
        ),
        (http(500, "x-amzn-ErrorType: <b>\r\n", "oops"), failed("ServiceException")),
        (http(307, "Location: http://127.0.0.1:1/\r\n", "{}"), failed("ServiceException")),
        (http(200, "", "null"), "null".to_owned()),
    ] {
        let (url, _) = server(answer.clone()).await;
        let map = map(Target::invoke_api(&url).unwrap());
        assert_eq!(call(&map, "jane", LONG).await, expected, "{answer}");
    }
}

#[tokio::test]
async fn nobody_there_and_nobody_who_answers() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    let silent = map(Target::http(&url).unwrap());
    let patience = Duration::from_millis(300);
    assert_eq!(call(&silent, "jane", patience).await, "the function did not answer in time");
    drop(free);
    let nobody = map(Target::http(&url).unwrap());
    assert_eq!(call(&nobody, "jane", LONG).await, "the function could not be invoked: ServiceException");
}

fn http(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A server that gives one answer: its URL, and the request that came.
async fn server(answer: String) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        // Events end with the only `}}` of a request.
        while !request.ends_with("}}") {
            let mut chunk = [0; 4096];
            let length = stream.read(&mut chunk).await.unwrap();
            assert_ne!(length, 0, "the request broke off: {request}");
            request += std::str::from_utf8(&chunk[..length]).unwrap();
        }
        // The client may hang up in the middle of a long answer.
        let _ = stream.write_all(answer.as_bytes()).await;
        request
    });
    (url, requests)
}
