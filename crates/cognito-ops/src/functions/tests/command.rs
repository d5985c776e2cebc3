//! Programs: kept running, ended when they hang, begun again when they end.

use std::fs;
use std::sync::Arc;

use super::*;

/// Answers each event with the number of events so far.
const COUNTING: &str = r#"n=0; while read -r line; do n=$((n+1)); echo "{\"count\":$n}"; done"#;

#[tokio::test]
async fn a_process_serves_one_event_after_another() {
    let map = map(Target::command(COUNTING));
    for expected in [r#"{"count":1}"#, r#"{"count":2}"#, r#"{"count":3}"#] {
        assert_eq!(call(&map, "jane", LONG).await, expected);
    }
}

#[tokio::test]
async fn events_at_once_get_processes_of_their_own() {
    // Each waits until it has seen the others in the folder.
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        r#"read -r line; touch {0}/$$; while [ $(ls {0} | wc -l) -lt 4 ]; do sleep 0.05; done; echo "{{\"response\":{{}}}}""#,
        folder.path().display()
    );
    let map = Arc::new(map(Target::command(&line)));
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let map = Arc::clone(&map);
            tokio::spawn(async move { call(&map, "jane", LONG).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), r#"{"response":{}}"#);
    }
}

#[tokio::test]
async fn what_programs_do_wrong() {
    let garbage = "the function's answer cannot be read";
    check("read -r line; echo hello", garbage).await;
    check("read -r line; echo null", "null").await;
    check("read -r line; echo '[]'", "[]").await;
    check(r#"read -r line; echo '{"userName":"other"}'"#, garbage).await;
    // An event that is no pool's has no such member.
    check(r#"read -r line; echo '{"userPoolId":"other"}'"#, r#"{"userPoolId":"other"}"#).await;
    check("read -r line; head -c 7000000 /dev/zero | tr '\\0' 1", garbage).await;
    check("echo hello", garbage).await;
    check("exit 3", "the function failed: Runtime exited with error: exit status 3").await;
    check("read -r line; kill -9 $$", "the function failed: Runtime exited with error: signal: 9 (SIGKILL)")
        .await;
    check("read -r line", "the function failed: Runtime exited without providing a reason").await;
    check("no-such-program", "the function failed: Runtime exited with error: exit status 127").await;
    check(r#"read -r line; echo '{"errorMessage":"no entry"}'"#, "the function failed: no entry").await;
}

#[tokio::test]
async fn a_program_that_ends_is_begun_again() {
    let map = map(Target::command(r#"read -r line; printf '{"response":{}}'"#));
    for _ in 0..3 {
        assert_eq!(call(&map, "jane", LONG).await, r#"{"response":{}}"#);
    }
}

#[tokio::test]
async fn a_second_line_is_never_the_answer_to_the_next_event() {
    let at_once = r#"while read -r line; do printf '{"first":1}\n{"second":1}\n'; done"#;
    let map = map(Target::command(at_once));
    for _ in 0..3 {
        assert_eq!(call(&map, "jane", LONG).await, r#"{"first":1}"#);
    }
}

#[tokio::test]
async fn nor_is_a_line_that_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let (go, gone) = (folder.path().join("go"), folder.path().join("gone"));
    let later = format!(
        r#"read -r line; echo '{{"first":1}}'; until [ -e {} ]; do sleep 0.01; done; echo '{{"second":1}}'; touch {}; cat"#,
        go.display(),
        gone.display()
    );
    let map = map(Target::command(&later));
    assert_eq!(call(&map, "jane", LONG).await, r#"{"first":1}"#);
    fs::write(go, "").unwrap();
    until(|| gone.exists()).await;
    assert_eq!(call(&map, "jane", LONG).await, r#"{"first":1}"#);
}

#[tokio::test]
async fn a_program_that_hangs_is_killed_with_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    let line = format!("sleep 1000 & echo $! > {}; wait", pid_file.display());
    let map = map(Target::command(&line));
    let patience = Duration::from_secs(1);
    assert_eq!(call(&map, "jane", patience).await, "the function did not answer in time");
    let pid = fs::read_to_string(pid_file).unwrap();
    let stat = format!("/proc/{}/stat", pid.trim());
    // Gone, or a zombie that nobody has waited for yet.
    until(|| fs::read_to_string(&stat).map_or(true, |stat| stat.contains(" Z "))).await;
}

#[tokio::test]
async fn handlers_for_node() {
    let file = r#"
        exports.promised = async (event) => { console.log("noise"); event.response.by = event.userName; return event; };
        exports.called = (event, context, callback) => callback(null, event);
        exports.done = (event, context) => context.done(null, event);
        exports.refused = (event, context, callback) => callback(new Error("no entry"));
        exports.thrown = async () => { throw new Error("no entry"); };
        exports.renaming = async (event) => ({ userName: event.userName.toUpperCase() });
        exports.empty = async () => {};
        exports.exit = () => process.exit(7);
        exports.number = 1;
    "#;
    let same = r#"{"version":"1","userName":"jane \"ü\u{2028}\"","request":{},"response":{}}"#;
    let by = same.replace(r#""response":{}"#, r#""response":{"by":"jane \"ü\u{2028}\""}"#);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("functions.js");
    fs::write(&path, file).unwrap();
    for (name, expected) in [
        ("promised", by.as_str()),
        ("called", same),
        ("done", same),
        ("refused", "the function failed: no entry"),
        ("thrown", "the function failed: no entry"),
        ("renaming", "{\"userName\":\"JANE \\\"Ü\\u{2028}\\\"\"}"),
        ("empty", "null"),
        ("exit", "the function failed: Runtime exited with error: exit status 7"),
        ("number", "the function failed: Runtime exited with error: exit status 1"),
        ("missing", "the function failed: Runtime exited with error: exit status 1"),
    ] {
        let map = map(Target::node(&format!("{}#{name}", path.display())));
        let expected = expected.replace("\\u{2028}", "\u{2028}");
        assert_eq!(call(&map, "jane \"ü\u{2028}\"", LONG).await, expected, "{name}");
    }
}

#[tokio::test]
async fn modules_for_node() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("function.mjs");
    fs::write(&path, "export const handler = async () => ({ response: { by: 'module' } });").unwrap();
    let map = map(Target::node(path.to_str().unwrap()));
    assert_eq!(call(&map, "jane", LONG).await, r#"{"response":{"by":"module"}}"#);
}

#[tokio::test]
async fn handlers_for_python() {
    let file = r#"
import helper
def lambda_handler(event, context):
    print("noise")
    event["response"]["by"] = helper.name(event)
    return event
def refused(event, context):
    raise Exception("no entry")
def empty(event, context):
    pass
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("functions.py");
    fs::write(&path, file).unwrap();
    fs::write(folder.path().join("helper.py"), "def name(event): return event['userName']").unwrap();
    for (handler, expected) in [
        ("", r#"{"version":"1","userName":"jöhn","request":{},"response":{"by":"jöhn"}}"#),
        ("#refused", "the function failed: no entry"),
        ("#empty", "null"),
        ("#missing", "the function failed: Runtime exited with error: exit status 1"),
    ] {
        let map = map(Target::python(&format!("{}{handler}", path.display())));
        assert_eq!(call(&map, "jöhn", LONG).await, expected, "{handler}");
    }
}

#[tokio::test]
async fn a_changed_handler_counts_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("function.js");
    let map = map(Target::node(path.to_str().unwrap()));
    for version in ["1", "2"] {
        fs::write(&path, format!("exports.handler = async () => ({{ version: '{version}' }});")).unwrap();
        assert_eq!(call(&map, "jane", LONG).await, format!(r#"{{"version":"{version}"}}"#));
    }
}

/// Waits for what another process does.
async fn until(condition: impl Fn() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not happen");
}

async fn check(line: &str, expected: &str) {
    assert_eq!(call(&map(Target::command(line)), "jane", LONG).await, expected, "{line}");
}
