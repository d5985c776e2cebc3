//! `FunctionMap`: which target answers for which function ARN.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::timeout;

use super::{ArnPattern, Target};
use crate::ports::{InvokeError, Triggers};

/// The functions of a configuration. Nothing but its targets is ever called.
#[derive(Debug, Default)]
pub struct FunctionMap {
    targets: Vec<(ArnPattern, Target)>,
    unmapped: Unmapped,
}

/// What a function is that no target stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unmapped {
    /// One that does not exist.
    #[default]
    Refuse,
    /// Passed over, as if the pool did not name it.
    Skip,
}

impl FunctionMap {
    /// A map; the first pattern that matches an ARN counts.
    pub fn new(targets: Vec<(ArnPattern, Target)>, unmapped: Unmapped) -> Self {
        Self { targets, unmapped }
    }

    fn unmapped(&self, arn: &str) -> Result<Option<Value>, InvokeError> {
        match self.unmapped {
            Unmapped::Skip => Ok(None),
            Unmapped::Refuse => {
                tracing::warn!(arn, "no target is configured for a function that is named");
                Err(InvokeError::Failed("ResourceNotFoundException".to_owned()))
            }
        }
    }
}

#[async_trait]
impl Triggers for FunctionMap {
    async fn invoke(
        &self,
        arn: &str,
        event: &Value,
        patience: Duration,
    ) -> Result<Option<Value>, InvokeError> {
        let Some((_, target)) = self.targets.iter().find(|(pattern, _)| pattern.matches(arn)) else {
            return self.unmapped(arn);
        };
        let failure = match timeout(patience, target.invoke(arn, event)).await {
            Ok(Ok(answer)) => return Ok(Some(answer)),
            Ok(Err(failure)) => failure,
            Err(_) => {
                tracing::warn!(arn, "a function did not answer within {patience:?}");
                return Err(InvokeError::TimedOut);
            }
        };
        if let Some(cause) = &failure.cause {
            tracing::warn!(arn, "failed to call a function: {cause}");
        }
        Err(failure.error)
    }
}
