//! Messages to users: what is said, and that it is sent. Outside the write that made the code.

use std::sync::Arc;

use cognito_core::Time;
use cognito_core::client::Client;
use cognito_core::delivery::{Destination, Medium};
use cognito_core::message::Message;
use cognito_core::pool::Pool;
use cognito_core::template::{self, Occasion, Template, Values};
use cognito_core::user::User;

use crate::ctx::Ctx;
use crate::errors::Reply;
use crate::ports::Mail;
use crate::service::codes::Fresh;
use crate::service::log_delivery::FailureLog;
use crate::triggers::{About, Metadata, custom_message, custom_sender};

/// A message with a code or a temporary password.
pub(crate) struct Letter<'a> {
    pub(crate) pool: &'a Pool,
    /// The app client; administrators' operations have none.
    pub(crate) client: Option<&'a Client>,
    pub(crate) user: &'a User,
    pub(crate) occasion: Occasion,
    pub(crate) destination: &'a Destination,
    /// What takes the place of `{####}`; empty if there is nothing to tell.
    pub(crate) code: &'a str,
}

/// Asks the pool's functions what to say, and sends it. What a custom sender is to send is kept as well, in the words
/// of the pool: it is where codes can be read.
pub(crate) async fn deliver(ctx: &Ctx<'_>, letter: &Letter<'_>, metadata: Option<&Metadata>) -> Reply<()> {
    let Letter { pool, client, user, occasion, destination, code } = *letter;
    let medium = destination.medium;
    let about = About::user(pool, client, user);
    let template = Template::of(pool, occasion, medium);
    let (template, source) = if custom_sender::is_set(pool, medium) {
        custom_sender::call(ctx, about, occasion, medium, code, metadata);
        (template, custom_sender::source(medium, occasion))
    } else {
        let custom = custom_message::call(ctx, about, occasion, metadata).await?;
        let source = format!("CustomMessage_{}", occasion.as_str());
        (template.customize(pool, occasion, medium, custom)?, source)
    };
    let link = client.filter(|_| template::is_link(pool, occasion, medium)).map(|client| {
        let query = template::confirmation_query(&client.id, &user.username, code);
        ctx.endpoint(&format!("/confirmUser?{query}"))
    });
    let text = template.fill(medium, Values { username: &user.username, code, link: link.as_deref() });
    let message = Message {
        id: ctx.app().outbox.id(ctx.bytes()),
        user_pool_id: pool.id.clone(),
        username: user.username.clone(),
        names: names(user),
        medium,
        destination: destination.address.clone(),
        subject: text.subject,
        body: text.body,
        code: (!code.is_empty()).then(|| code.to_owned()),
        trigger_source: source,
        sent_at: ctx.now(),
    };
    keep(ctx, &message).await?;
    ctx.app().outbox.announce();
    if medium == Medium::Email && !custom_sender::is_set(pool, medium) {
        ctx.app().ports.mailer.post(mail(ctx, pool, message));
    }
    Ok(())
}

/// Keeps an e-mail to a user that has no code.
pub(crate) async fn keep_mail(
    ctx: &Ctx<'_>,
    pool: &Pool,
    user: &User,
    mail: &Mail,
    occasion: Occasion,
) -> Reply<()> {
    let message = Message {
        id: ctx.app().outbox.id(ctx.bytes()),
        user_pool_id: pool.id.clone(),
        username: user.username.clone(),
        names: names(user),
        medium: Medium::Email,
        destination: mail.to.clone(),
        subject: Some(mail.subject.clone()),
        body: mail.html.clone(),
        code: None,
        trigger_source: custom_sender::source(Medium::Email, occasion),
        sent_at: ctx.now(),
    };
    keep(ctx, &message).await?;
    ctx.app().outbox.announce();
    Ok(())
}

async fn keep(ctx: &Ctx<'_>, message: &Message) -> Reply<()> {
    ctx.write(async |txn| {
        txn.save(message);
        Ok(())
    })
    .await
}

/// Does the work of keeping a message where there is nobody to send one to, since a commit that is not made can be
/// noticed by the clock. What is kept had expired before it was written, so that nobody ever reads it.
async fn pretend(ctx: &Ctx<'_>, pool: &Pool, occasion: Occasion, destination: &Destination) -> Reply<()> {
    let medium = destination.medium;
    let template = Template::of(pool, occasion, medium);
    let text = template.fill(medium, Values { username: "", code: &ctx.code(), link: None });
    let message = Message {
        id: ctx.app().outbox.id(ctx.bytes()),
        user_pool_id: pool.id.clone(),
        username: String::new(),
        names: Vec::new(),
        medium,
        destination: destination.address.clone(),
        subject: text.subject,
        body: text.body,
        code: None,
        trigger_source: format!("CustomMessage_{}", occasion.as_str()),
        sent_at: Time(0),
    };
    keep(ctx, &message).await
}

fn mail(ctx: &Ctx<'_>, pool: &Pool, message: Message) -> Mail {
    let settings = pool.settings.email_configuration.clone();
    Mail {
        from: settings.from,
        reply_to: settings.reply_to_email_address,
        to: message.destination,
        subject: message.subject.unwrap_or_default(),
        html: message.body,
        failures: FailureLog::of(ctx, pool),
    }
}

/// What is answered where a code is sent.
pub(crate) enum Answer {
    /// The code is to be sent.
    Code(Arc<User>, Fresh),
    /// There is no code: this only looks like it, where the existence of users is hidden.
    Decoy(Destination),
}

impl Answer {
    /// Sends the code, if there is one. Gives where it goes.
    pub(crate) async fn deliver(
        self,
        ctx: &Ctx<'_>,
        pool: &Pool,
        client: &Client,
        occasion: Occasion,
        metadata: Option<&Metadata>,
    ) -> Reply<Destination> {
        match self {
            Self::Code(user, Fresh { destination, code }) => {
                let (client, user) = (Some(client), &user);
                let letter = Letter { pool, client, user, occasion, destination: &destination, code: &code };
                deliver(ctx, &letter, metadata).await?;
                Ok(destination)
            }
            Self::Decoy(destination) => {
                pretend(ctx, pool, occasion, &destination).await?;
                Ok(destination)
            }
        }
    }
}

/// Every name that the receiver may be looked up by.
fn names(user: &User) -> Vec<String> {
    let mut names = vec![user.case.fold(&user.username), user.sub.clone()];
    names.extend(user.aliases.iter().cloned());
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use testkit::World;
    use testkit::functions::arn;
    use testkit::world::{BASE, attribute_list, merged, text};

    async fn signed_up(more: Value) -> (World, String, String) {
        let world = World::new().await;
        let link = json!({ "DefaultEmailOption": "CONFIRM_WITH_LINK" });
        let base = json!({ "AutoVerifiedAttributes": ["email"], "VerificationMessageTemplate": link });
        let pool = world.pool(merged(base, more)).await;
        let client = world.client(&pool, json!({})).await;
        world.functions.respond("message", json!({ "emailMessage": "{##Yes##} or {##No##}" }));
        let email = attribute_list(json!({ "email": "a@example.com" }));
        let input = json!({ "ClientId": client, "Username": "al+ice", "Password": "Abcdef1!", "UserAttributes": email });
        world.ok("SignUp", input).await;
        (world, pool, client)
    }

    fn anchor(client: &str, message: &Value, words: &str) -> String {
        let code = text(&message["code"]);
        let query = format!("client_id={client}&user_name=al%2Bice&confirmation_code={code}");
        format!("<a href=\"{BASE}/confirmUser?{query}\">{words}</a>")
    }

    #[tokio::test]
    async fn a_link_confirms_where_the_pool_says_so() {
        let (world, pool, client) = signed_up(json!({})).await;
        let message = world.messages(&pool, "al+ice").await.remove(0);
        assert_eq!(message["body"], anchor(&client, &message, "Verify your e-mail address"));
        assert_eq!(message["subject"], "Your verification link");
        world.ok("ResendConfirmationCode", json!({ "ClientId": client, "Username": "al+ice" })).await;
        let message = world.messages(&pool, "al+ice").await.remove(0);
        assert_eq!(message["body"], anchor(&client, &message, "Verify your e-mail address"));
        let code = text(&message["code"]);
        let confirm = json!({ "ClientId": client, "Username": "al+ice", "ConfirmationCode": code });
        world.ok("ConfirmSignUp", confirm).await;
        world.ok("ForgotPassword", json!({ "ClientId": client, "Username": "al+ice" })).await;
        let message = world.messages(&pool, "al+ice").await.remove(0);
        assert_eq!(message["body"], format!("Your verification code is {}.", text(&message["code"])));
    }

    #[tokio::test]
    async fn a_function_may_say_the_link() {
        let ses = json!({
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/example.com",
        });
        let lambda = json!({ "CustomMessage": arn("message") });
        let (world, pool, client) =
            signed_up(json!({ "LambdaConfig": lambda, "EmailConfiguration": ses })).await;
        let message = world.messages(&pool, "al+ice").await.remove(0);
        let (yes, no) = (anchor(&client, &message, "Yes"), anchor(&client, &message, "No"));
        assert_eq!(message["body"], format!("{yes} or {no}"));
    }
}
