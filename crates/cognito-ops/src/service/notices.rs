//! Tells users of risky sign-ins, outside the write that judged them.

use cognito_api::wire;
use cognito_core::delivery::Medium;
use cognito_core::pool::Pool;
use cognito_core::template::{Occasion, percent_encoded};
use cognito_core::threat::{AuthEvent, notice};
use cognito_core::user::User;

use crate::ctx::Ctx;
use crate::errors::Reply;
use crate::ports::Mail;
use crate::service::feedback::Ticket;
use crate::service::log_delivery::FailureLog;
use crate::service::messages;
use crate::triggers::{About, custom_sender};

/// The notice of a sign-in.
pub(crate) struct Notice {
    pub(crate) user: User,
    pub(crate) event: AuthEvent,
    pub(crate) configuration: wire::NotifyConfigurationType,
    pub(crate) action: wire::AccountTakeoverEventActionType,
}

impl Notice {
    /// Sends it, if the user has an e-mail address.
    pub(crate) async fn send(self, ctx: &Ctx<'_>, pool: &Pool) -> Reply<()> {
        let Some(address) = self.user.attribute("email") else { return Ok(()) };
        let facts = notice::Facts {
            username: &self.user.username,
            context: &self.event.context,
            time: self.event.created,
            valid: &self.link(ctx, wire::FeedbackValueType::Valid)?,
            invalid: &self.link(ctx, wire::FeedbackValueType::Invalid)?,
        };
        let (subject, body) = notice::write(&self.configuration, self.action, &facts);
        let mail = Mail {
            from: self.configuration.from.clone(),
            reply_to: self.configuration.reply_to.clone(),
            to: address.to_owned(),
            subject,
            html: body,
            failures: FailureLog::of(ctx, pool),
        };
        let occasion = Occasion::AccountTakeover;
        if custom_sender::is_set(pool, Medium::Email) {
            let about = About::user(pool, None, &self.user);
            custom_sender::call(ctx, about, occasion, Medium::Email, "", None);
            messages::keep_mail(ctx, pool, &self.user, &mail, occasion).await
        } else {
            messages::keep_mail(ctx, pool, &self.user, &mail, occasion).await?;
            ctx.app().ports.mailer.post(mail);
            Ok(())
        }
    }

    /// The link by which the user says what the event was.
    fn link(&self, ctx: &Ctx<'_>, value: wire::FeedbackValueType) -> Reply<String> {
        let (pool_id, event) = (&self.user.pool_id, &self.event.id);
        let token = Ticket::new(&self.user, event, value).token(ctx)?;
        let (username, value) = (percent_encoded(&self.user.username), value.as_str());
        Ok(ctx.endpoint(&format!(
            "/authEventFeedback?user_pool_id={pool_id}&user_name={username}&event_id={event}\
             &feedback_value={value}&feedback_token={token}"
        )))
    }
}
