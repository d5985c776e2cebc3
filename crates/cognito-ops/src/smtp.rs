//! E-mails by SMTP: what `/_awsemu/messages` shows is mailed, too, in the background.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::ports::{Mail, Mailer};

/// The most e-mails that wait; more are left out.
const WAITING: usize = 1_000;
/// The most that are sent at once.
const AT_ONCE: usize = 4;
/// How long the server may take for a step.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long is waited after a failure, each time.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(25)];

/// Sends e-mails through an SMTP server.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    waiting: Arc<Semaphore>,
    sending: Arc<Semaphore>,
}

impl SmtpMailer {
    /// A server by its URL: `smtp://host:port`, `smtp://host:port?tls=required` for STARTTLS, or `smtps://host:port`.
    /// `from` is the sender where a pool names none; `account` is user and password.
    ///
    /// # Errors
    /// A text that says what is wrong.
    pub fn new(url: &str, from: &str, account: Option<(String, String)>) -> Result<Self, String> {
        let from = from.parse().map_err(|error| format!("the sender {from:?} cannot be read: {error}"))?;
        // The URL itself is left out: it may hold a password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| format!("the URL cannot be used: {error}"))?
            .timeout(Some(PATIENCE));
        let builder = match account {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        Ok(Self {
            transport: builder.build(),
            from,
            waiting: Arc::new(Semaphore::new(WAITING)),
            sending: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    fn message(&self, mail: Mail) -> Result<Message, String> {
        let address = |text: &str| text.parse::<Mailbox>().map_err(|error| error.to_string());
        let from = mail.from.as_deref().map_or_else(|| Ok(self.from.clone()), address)?;
        let mut builder = Message::builder().from(from).to(address(&mail.to)?).subject(mail.subject);
        if let Some(reply_to) = &mail.reply_to {
            builder = builder.reply_to(address(reply_to)?);
        }
        builder.header(ContentType::TEXT_HTML).body(mail.html).map_err(|error| error.to_string())
    }

    /// Sends a message; tries again unless the server said never to.
    async fn send(&self, message: &Message) -> Result<(), String> {
        let mut pauses = PAUSES.iter();
        loop {
            let error = {
                let _slot = self.sending.acquire().await.map_err(|error| error.to_string())?;
                match self.transport.send(message.clone()).await {
                    Ok(_) => return Ok(()),
                    Err(error) => error,
                }
            };
            match pauses.next() {
                Some(pause) if !error.is_permanent() => {
                    tracing::warn!("failed to send an e-mail, which is tried again: {error}");
                    sleep(*pause).await;
                }
                _ => return Err(error.to_string()),
            }
        }
    }
}

impl Mailer for SmtpMailer {
    fn post(&self, mut mail: Mail) {
        let failures = mail.failures.take();
        let failed = move |reason: String| {
            tracing::warn!("{reason}");
            failures.iter().for_each(|log| log.write(&reason));
        };
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(error) => return failed(format!("failed to write an e-mail: {error}")),
        };
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else {
            return failed(format!("an e-mail is left out: {WAITING} others wait"));
        };
        let mailer = self.clone();
        tokio::spawn(async move {
            if let Err(error) = mailer.send(&message).await {
                failed(format!("failed to send an e-mail: {error}"));
            }
            drop(place);
        });
    }
}

#[cfg(test)]
mod tests {
    use cognito_core::Time;
    use serde_json::Value;
    use testkit::Logbook;

    use super::*;
    use crate::FailureLog;

    #[test]
    fn settings() {
        check("smtp://localhost:1025", "no-reply@example.test", "");
        check("smtps://mail.example.test", "Awsemu <no-reply@example.test>", "");
        check("smtp://mail.example.test:587?tls=required", "a@b.test", "");
        check("http://localhost", "a@b.test", "the URL cannot be used");
        check("localhost:25", "a@b.test", "the URL cannot be used");
        check("smtp://u:s3cret@", "a@b.test", "the URL cannot be used");
        check("smtp://localhost", "nobody", "the sender \"nobody\" cannot be read");
    }

    #[test]
    fn messages() {
        let mailer = SmtpMailer::new("smtp://localhost", "Awsemu <no-reply@example.test>", None).unwrap();
        let mail = |from: Option<&str>, subject: &str| Mail {
            from: from.map(str::to_owned),
            reply_to: Some("help@example.test".to_owned()),
            to: "jane@example.test".to_owned(),
            subject: subject.to_owned(),
            html: "<b>1</b>".to_owned(),
            failures: None,
        };
        let text = |mail| String::from_utf8(mailer.message(mail).unwrap().formatted()).unwrap();
        let plain = text(mail(None, "Your code"));
        for line in [
            "From: Awsemu <no-reply@example.test>",
            "Reply-To: help@example.test",
            "To: jane@example.test",
            "Subject: Your code",
            "Content-Type: text/html; charset=utf-8",
            "<b>1</b>",
        ] {
            assert!(plain.lines().any(|found| found == line), "{line} is not in {plain}");
        }
        assert!(
            text(mail(Some("Pool <pool@example.test>"), "")).contains("From: Pool <pool@example.test>\r\n")
        );
        let folded = text(mail(None, "Code\r\nBcc: joe@example.test"));
        assert!(!folded.lines().any(|line| line.starts_with("Bcc")), "{folded}");
        assert!(mailer.message(mail(Some("no address"), "")).is_err());
    }

    #[tokio::test]
    async fn a_pool_may_want_its_failures_logged() {
        struct Noon;
        impl crate::Clock for Noon {
            fn now(&self) -> Time {
                Time(1_767_787_200_000)
            }
        }
        let logbook = Logbook::of("awsemu::log_delivery");
        let mailer = SmtpMailer::new("smtp://localhost", "Awsemu <no-reply@example.test>", None).unwrap();
        let log = FailureLog {
            destination: "arn:aws:logs:us-east-1:000000000000:log-group:pool".to_owned(),
            pool_id: "us-east-1_AbCdEf123".to_owned(),
            clock: Arc::new(Noon),
        };
        for failures in [None, Some(log)] {
            let mail = Mail {
                from: None,
                reply_to: None,
                to: "no address".to_owned(),
                subject: "Your code".to_owned(),
                html: "123456".to_owned(),
                failures,
            };
            mailer.post(mail);
        }
        let lines = logbook.take();
        assert_eq!(lines.len(), 1, "{lines:?}");
        let entry: Value = serde_json::from_str(&lines[0]["entry"]).unwrap();
        assert_eq!(entry["eventTimestamp"], "1767787200000");
        let details = entry["message"]["details"].as_str().unwrap();
        assert!(details.starts_with("failed to write an e-mail: "), "{details}");
        assert!(!details.contains("123456"), "{details}");
    }

    fn check(url: &str, from: &str, expected: &str) {
        let found = SmtpMailer::new(url, from, None).err().unwrap_or_default();
        assert!(
            found.starts_with(expected) && found.is_empty() == expected.is_empty(),
            "{url} {from}: {found}"
        );
        assert!(!found.contains("s3cret"), "{found}");
    }
}
