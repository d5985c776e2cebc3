//! Log delivery: which events of a pool are logged, and where to.
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html>

use std::collections::BTreeSet;

use cognito_api::wire::{EventSourceName as Source, LogConfigurationType, LogLevel};

use crate::pool::{Feature, Pool};

/// Why a log delivery is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogDeliveryError {
    /// Sources that have no destination, or stand there more than once.
    #[error("sources without a destination, or repeated ones")]
    Sources {
        /// Those that have no destination.
        nowhere: BTreeSet<Source>,
        /// Those that are repeated.
        repeated: BTreeSet<Source>,
    },
    /// The events of the source have another level.
    #[error("the level of other events")]
    Level(Source),
    /// The events of the source go to more than one destination, or to one that does not take them.
    #[error("the destination of other events")]
    Destination(Source),
    /// The pool's tier does not export the activity of users.
    #[error("the tier does not export the activity of users")]
    Tier,
}

impl Pool {
    /// Replaces what SetLogDeliveryConfiguration sets.
    ///
    /// # Errors
    /// [`LogDeliveryError`]
    pub fn set_log_delivery(
        &mut self,
        configurations: Vec<LogConfigurationType>,
    ) -> Result<(), LogDeliveryError> {
        check_sources(&configurations)?;
        configurations.iter().try_for_each(check)?;
        let activity = configurations.iter().any(|one| one.event_source == Source::UserAuthEvents);
        if activity && !self.settings.has(Feature::ActivityExport) {
            return Err(LogDeliveryError::Tier);
        }
        self.log_configurations = configurations;
        Ok(())
    }

    /// The ARN of where the events of a source are logged, if they are.
    pub fn log_destination(&self, source: Source) -> Option<&str> {
        let configuration = self.log_configurations.iter().find(|one| one.event_source == source)?;
        destinations(configuration).next()
    }
}

/// Looks at all sources before anything else, as AWS does, which names what is wrong in one text.
fn check_sources(configurations: &[LogConfigurationType]) -> Result<(), LogDeliveryError> {
    let without_destination = configurations.iter().filter(|one| destinations(one).next().is_none());
    let nowhere: BTreeSet<_> = without_destination.map(|one| one.event_source).collect();
    let mut seen = BTreeSet::new();
    let sources = configurations.iter().map(|one| one.event_source);
    let repeated: BTreeSet<_> = sources.filter(|source| !seen.insert(*source)).collect();
    if nowhere.is_empty() && repeated.is_empty() {
        return Ok(());
    }
    Err(LogDeliveryError::Sources { nowhere, repeated })
}

fn check(configuration: &LogConfigurationType) -> Result<(), LogDeliveryError> {
    let source = configuration.event_source;
    let (level, takes_all) = match source {
        Source::UserNotification => (LogLevel::Error, false),
        Source::UserAuthEvents => (LogLevel::Info, true),
    };
    if configuration.log_level != level {
        return Err(LogDeliveryError::Level(source));
    }
    let several = destinations(configuration).nth(1).is_some();
    if several || (!takes_all && log_group(configuration).is_none()) {
        return Err(LogDeliveryError::Destination(source));
    }
    Ok(())
}

fn destinations(configuration: &LogConfigurationType) -> impl Iterator<Item = &str> {
    let bucket = configuration.s3_configuration.as_ref().and_then(|s3| s3.bucket_arn.as_deref());
    let firehose = configuration.firehose_configuration.as_ref();
    let stream = firehose.and_then(|firehose| firehose.stream_arn.as_deref());
    [log_group(configuration), bucket, stream].into_iter().flatten()
}

fn log_group(configuration: &LogConfigurationType) -> Option<&str> {
    configuration.cloud_watch_logs_configuration.as_ref()?.log_group_arn.as_deref()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing;

    const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:pool";
    const STREAM: &str = "arn:aws:firehose:us-east-1:000000000000:deliverystream/pool";
    const BUCKET: &str = "arn:aws:s3:::pool";

    /// `userAuthEvents INFO group stream`
    fn configuration(text: &str) -> LogConfigurationType {
        let mut words = text.split(' ');
        let mut configuration = json!({ "EventSource": words.next(), "LogLevel": words.next() });
        for word in words {
            let (name, destination) = match word {
                "group" => ("CloudWatchLogsConfiguration", json!({ "LogGroupArn": GROUP })),
                "stream" => ("FirehoseConfiguration", json!({ "StreamArn": STREAM })),
                "bucket" => ("S3Configuration", json!({ "BucketArn": BUCKET })),
                _ => ("CloudWatchLogsConfiguration", json!({})),
            };
            configuration[name] = destination;
        }
        serde_json::from_value(configuration).unwrap()
    }

    fn set(tier: &str, list: &[&str]) -> Result<Pool, LogDeliveryError> {
        let mut pool = testing::pool(json!({ "UserPoolTier": tier }));
        pool.set_log_delivery(list.iter().map(|text| configuration(text)).collect())?;
        Ok(pool)
    }

    #[test]
    fn where_events_go() {
        let check = |list: &[&str], expected: [Option<&str>; 2]| {
            let pool = set("PLUS", list).unwrap();
            let found = [Source::UserNotification, Source::UserAuthEvents].map(|s| pool.log_destination(s));
            assert_eq!(found, expected, "{list:?}");
        };
        check(&[], [None, None]);
        check(&["userNotification ERROR group"], [Some(GROUP), None]);
        check(&["userAuthEvents INFO group"], [None, Some(GROUP)]);
        check(&["userAuthEvents INFO bucket"], [None, Some(BUCKET)]);
        check(&["userAuthEvents INFO stream", "userNotification ERROR group"], [Some(GROUP), Some(STREAM)]);
    }

    #[test]
    fn refusals() {
        use Source::{UserAuthEvents as Activity, UserNotification as Messages};
        let check = |list: &[&str], expected: LogDeliveryError| {
            assert_eq!(set("PLUS", list).unwrap_err(), expected, "{list:?}");
        };
        let sources = |nowhere: &[Source], repeated: &[Source]| {
            let set = |list: &[Source]| list.iter().copied().collect();
            LogDeliveryError::Sources { nowhere: set(nowhere), repeated: set(repeated) }
        };
        check(&["userNotification ERROR"], sources(&[Messages], &[]));
        check(&["userAuthEvents ERROR empty"], sources(&[Activity], &[]));
        check(&["userAuthEvents INFO", "userNotification ERROR"], sources(&[Messages, Activity], &[]));
        check(&["userAuthEvents INFO group", "userAuthEvents INFO stream"], sources(&[], &[Activity]));
        check(&["userNotification ERROR", "userNotification INFO"], sources(&[Messages], &[Messages]));
        check(&["userNotification INFO group"], LogDeliveryError::Level(Messages));
        check(&["userAuthEvents ERROR group"], LogDeliveryError::Level(Activity));
        for destination in ["stream", "bucket", "group stream"] {
            let list = format!("userNotification ERROR {destination}");
            check(&[&list], LogDeliveryError::Destination(Messages));
        }
        check(&["userAuthEvents INFO bucket stream"], LogDeliveryError::Destination(Activity));
    }

    #[test]
    fn tiers() {
        for (tier, allowed) in [("LITE", false), ("ESSENTIALS", false), ("PLUS", true)] {
            let set = |list: &[&str]| set(tier, list).map(|_| ());
            let expected = if allowed { Ok(()) } else { Err(LogDeliveryError::Tier) };
            assert_eq!(set(&["userAuthEvents INFO group"]), expected, "{tier}");
            assert_eq!(set(&["userNotification ERROR group"]), Ok(()), "{tier}");
            assert_eq!(set(&[]), Ok(()), "{tier}");
        }
    }

    #[test]
    fn a_pool_of_before_logs_nothing() {
        let mut record: Value = serde_json::to_value(testing::pool(json!({}))).unwrap();
        assert!(record.as_object_mut().unwrap().remove("log_configurations").is_some());
        let pool: Pool = serde_json::from_value(record).unwrap();
        assert_eq!(pool.log_destination(Source::UserNotification), None);
    }
}
