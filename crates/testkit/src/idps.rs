//! Identity providers as a test wants them: answers by URL, and what was asked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use cognito_ops::{IdpAnswer, IdpClient, IdpError, IdpRequest};
use serde_json::Value;

/// The identity providers of a world; none answers at first.
#[derive(Default)]
pub struct Idps(Mutex<State>);

#[derive(Default)]
struct State {
    answers: HashMap<String, IdpAnswer>,
    requests: Vec<IdpRequest>,
}

impl Idps {
    /// Answers every request to this URL with a JSON body from now on.
    pub fn answer(&self, url: &str, status: u16, body: &Value) {
        self.answer_text(url, status, &body.to_string());
    }

    /// The same with any body.
    pub fn answer_text(&self, url: &str, status: u16, body: &str) {
        let answer = IdpAnswer { status, body: body.as_bytes().to_vec() };
        self.with(|state| state.answers.insert(url.to_owned(), answer));
    }

    /// The requests since the last time that it was asked.
    pub fn requests(&self) -> Vec<IdpRequest> {
        self.with(|state| std::mem::take(&mut state.requests))
    }

    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl IdpClient for Idps {
    async fn send(&self, request: IdpRequest) -> Result<IdpAnswer, IdpError> {
        let answer = self.with(|state| {
            state.requests.push(request.clone());
            state.answers.get(&request.url).cloned()
        });
        answer.ok_or_else(|| IdpError(format!("nobody is at {}", request.url)))
    }
}
