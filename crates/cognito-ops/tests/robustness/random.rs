//! Valid requests at random, one after the other in one world: every answer is a listed one.

use cognito_api::model::{Model, Operation};
use cognito_api::{ErrorCode, sample};
use cognito_core::Kind;
use cognito_ops::{Call, Code};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use testkit::World;

use super::fixture::Fixture;

/// What a refused request may still write: that it was tried.
const TRACES: [Kind; 7] = [
    Kind::Attempts,
    Kind::AuthEvent,
    Kind::Code,
    Kind::Counter,
    Kind::Session,
    Kind::TriggerCall,
    Kind::Usage,
];

/// One request: which operation, and the choices that make its input.
type Request = (prop::sample::Index, Vec<u8>);

fn request() -> impl Strategy<Value = Request> {
    (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..120))
}

fn offered() -> Vec<&'static Operation> {
    let model = Model::cognito_idp();
    cognito_ops::offered().into_iter().filter_map(|name| model.operation(name)).collect()
}

/// Sends the request, and says what is wrong with the answer. `World` is strict: an exception that the model doesn't list
/// for the operation panics.
async fn send(fixture: &Fixture, operation: &Operation, choices: &[u8]) -> Result<(), String> {
    let mut choices = choices.iter().map(|choice| usize::from(*choice));
    let mut choose = |count: usize| choices.next().unwrap_or(0) % count;
    let mut input = sample::random(Model::cognito_idp(), operation, &mut choose);
    fixture.ground(&mut input, &mut choose);
    let body = input.to_string();
    let call = Call { operation: &operation.name, body: body.as_bytes(), caller: World::caller() };
    let answer = fixture.world.app.call(call).await;
    let written = fixture.world.written();
    let wrong = match answer {
        Ok(answer) if operation.output.is_none() => {
            (!answer.is_empty()).then_some("an answer where there is none".to_owned())
        }
        Ok(answer) => {
            serde_json::from_slice::<serde_json::Value>(&answer).err().map(|error| error.to_string())
        }
        Err(error) => match error.code {
            Code::Service(ErrorCode::InternalErrorException) => {
                Some(format!("{error}: {:?}", error.source_chain()))
            }
            // Functions are called beside the writes, which stay: a user is confirmed whatever PostConfirmation says.
            Code::Service(code) if code.as_str().contains("Lambda") => None,
            Code::Service(_) => {
                let changed: Vec<_> = written.iter().filter(|kind| !TRACES.contains(kind)).collect();
                (!changed.is_empty()).then(|| format!("{error}, but {changed:?} were written"))
            }
            Code::Common { .. } => Some(error.to_string()),
        },
    };
    wrong.map_or(Ok(()), |wrong| Err(format!("{} {body}: {wrong}", operation.name)))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(future)
}

/// Every operation that works, from the smallest request on, each in a fresh world.
#[test]
fn each_operation() {
    let mut runner = TestRunner::deterministic();
    for operation in offered() {
        let fixture = block_on(Fixture::new());
        for _ in 0..12 {
            let (_, choices) = request().new_tree(&mut runner).expect("requests can be made").current();
            assert_eq!(block_on(send(&fixture, operation, &choices)), Ok(()));
        }
    }
}

proptest! {
    // What failed is not kept: with the next operation the numbers mean others. A bug gets a test of its own.
    #![proptest_config(ProptestConfig {
        cases: 48,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn one_after_the_other(requests in prop::collection::vec(request(), 1..30)) {
        let operations = offered();
        let outcome = block_on(async {
            let fixture = Fixture::new().await;
            for (operation, choices) in &requests {
                send(&fixture, operations[operation.index(operations.len())], choices).await?;
            }
            Ok::<(), String>(())
        });
        prop_assert_eq!(outcome, Ok(()));
    }
}
