//! The sign-in machine by tables: a state and an event lead to the next state, or to the end.

use cognito_api::wire;
use serde_json::json;

use super::*;
use crate::client::Client;
use crate::mfa::{Factor, Mfa};
use crate::password::Password;
use crate::pool::Pool;
use crate::testing;
use crate::time::Time;
use crate::totp::SoftwareToken;
use crate::user::{Status, User};

struct Case {
    pool: Pool,
    client: Client,
    user: User,
    journey: Journey,
}

impl Case {
    fn new(flow: Flow) -> Self {
        let pool = testing::pool(json!({}));
        Self { client: testing::client(&pool), pool, user: testing::user(), journey: Journey::new(flow) }
    }

    fn mfa(mut self, mfa: wire::UserPoolMfaType) -> Self {
        self.pool.settings.mfa = mfa;
        self.pool.factors.sms = true;
        self.pool.factors.software_token = Some(wire::SoftwareTokenMfaConfigType { enabled: Some(true) });
        self.pool.factors.email = Some(wire::EmailMfaConfigType::default());
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn token(self) -> Self {
        self.with(|case| case.user.mfa.software_token = Some(SoftwareToken::new([1; 32])))
    }

    fn enabled(self, factors: &[Factor]) -> Self {
        self.with(|case| case.user.mfa.enabled.extend(factors))
    }

    fn attribute(self, name: &str, value: &str) -> Self {
        self.with(|case| case.user.set(name, value))
    }

    fn status(self, status: Status) -> Self {
        self.with(|case| case.user.status = status)
    }

    fn allow(self, factors: &[wire::AuthFactorType]) -> Self {
        self.with(|case| {
            case.pool.settings.policies.sign_in_policy =
                Some(wire::SignInPolicyType { allowed_first_auth_factors: Some(factors.to_vec()) });
        })
    }

    fn step(&mut self, state: &State, event: Event) -> Result<Outcome, Refused> {
        let subject = Subject { pool: &self.pool, client: &self.client };
        step(subject, &mut self.user, &mut self.journey, state, event, Time(1_000))
    }

    fn password(&mut self) -> Result<Outcome, Refused> {
        self.step(&State::Password, Event::Password(Proof::Right))
    }

    fn offer(&self, passkeys: bool) -> Vec<First> {
        offered(&self.pool, &self.user, passkeys)
    }
}

fn challenge(state: State) -> Result<Outcome, Refused> {
    Ok(Outcome::Challenge(state))
}

const OPTIONAL: wire::UserPoolMfaType = wire::UserPoolMfaType::Optional;
const ON: wire::UserPoolMfaType = wire::UserPoolMfaType::On;

#[test]
fn statuses_after_the_right_password_and_the_wrong_one() {
    let check = |status: Status, proof: Proof, expected: Result<Outcome, Refused>| {
        let mut case = Case::new(Flow::Password).status(status);
        assert_eq!(case.step(&State::Password, Event::Password(proof)), expected, "{status:?} {proof:?}");
    };
    check(Status::Confirmed, Proof::Right, Ok(Outcome::SignedIn));
    check(Status::Unconfirmed, Proof::Right, Err(Refused::NotConfirmed));
    check(Status::ResetRequired, Proof::Right, Err(Refused::ResetRequired));
    check(Status::ExternalProvider, Proof::Right, Err(Refused::WrongPassword));
    check(
        Status::ForceChangePassword { until: Time(1_001) },
        Proof::Right,
        challenge(State::NewPasswordRequired),
    );
    check(
        Status::ForceChangePassword { until: Time(1_000) },
        Proof::Right,
        Err(Refused::TemporaryPasswordExpired),
    );
    check(Status::Confirmed, Proof::Wrong, Err(Refused::WrongPassword));
    check(Status::Unconfirmed, Proof::Wrong, Err(Refused::WrongPassword));
    check(Status::ResetRequired, Proof::Wrong, Err(Refused::ResetRequired));
}

/// The table of `auth-flows` 4.6.
#[test]
fn the_second_factor() {
    use Factor::{Email, Sms, SoftwareToken as Token};
    let check = |case: Case, expected: Result<Outcome, Refused>| {
        let mut case = case;
        assert_eq!(case.password(), expected, "{:?} {:?}", case.pool.settings.mfa, case.user.mfa);
    };
    let user = || Case::new(Flow::Password);
    let both =
        |case: Case| case.attribute("phone_number", "+12065550100").attribute("email", "a@example.com");
    check(user().token().enabled(&[Token]), Ok(Outcome::SignedIn));
    check(user().mfa(OPTIONAL), Ok(Outcome::SignedIn));
    check(user().mfa(OPTIONAL).token(), Ok(Outcome::SignedIn));
    check(user().mfa(OPTIONAL).token().enabled(&[Token]), challenge(State::Mfa(Token)));
    check(
        both(user().mfa(OPTIONAL)).token().enabled(&[Token, Sms]),
        challenge(State::SelectMfa(vec![Sms, Token])),
    );
    let prefer = |case: &mut Case| case.user.mfa.preferred = Some(Sms);
    check(both(user().mfa(OPTIONAL)).token().enabled(&[Token, Sms]).with(prefer), challenge(State::Mfa(Sms)));
    // A factor that is on and has lost its address is none.
    check(user().mfa(OPTIONAL).enabled(&[Sms]), Ok(Outcome::SignedIn));
    check(user().mfa(ON).enabled(&[Sms]).token(), challenge(State::Mfa(Token)));
    check(user().mfa(ON).token(), challenge(State::Mfa(Token)));
    check(user().mfa(ON).attribute("email", "a@example.com"), challenge(State::Mfa(Email)));
    check(user().mfa(ON).attribute("phone_number", "+12065550100"), challenge(State::Mfa(Sms)));
    // The phone recovers the account by default, so the code goes by e-mail.
    check(both(user().mfa(ON)), challenge(State::Mfa(Email)));
    let recovery = |names: &[wire::RecoveryOptionNameType]| {
        let option = |(priority, name): (usize, &wire::RecoveryOptionNameType)| wire::RecoveryOptionType {
            priority: priority as i32 + 1,
            name: *name,
        };
        let mechanisms = names.iter().enumerate().map(option).collect();
        move |case: &mut Case| {
            case.pool.settings.account_recovery_setting =
                Some(wire::AccountRecoverySettingType { recovery_mechanisms: Some(mechanisms) });
        }
    };
    let by_email = recovery(&[wire::RecoveryOptionNameType::VerifiedEmail]);
    check(both(user().mfa(ON)).with(by_email), challenge(State::Mfa(Sms)));
    let by_admin = recovery(&[wire::RecoveryOptionNameType::AdminOnly]);
    check(both(user().mfa(ON)).with(by_admin), challenge(State::SelectMfa(vec![Sms, Email])));
    let by_phone = recovery(&[wire::RecoveryOptionNameType::VerifiedPhoneNumber]);
    let phone = user().mfa(ON).attribute("phone_number", "+12065550100");
    check(phone.with(by_phone), Err(Refused::NoFactor));
    check(user().mfa(ON), challenge(State::MfaSetup(vec![Token, Email])));
    let nothing =
        |case: &mut Case| case.pool.factors = crate::pool::Factors { sms: true, ..Default::default() };
    check(user().mfa(ON).with(nothing), Err(Refused::NoFactor));
}

#[test]
fn a_factor_is_proven_once_and_verifies_its_address() {
    let mut case = Case::new(Flow::Password).mfa(ON).attribute("email", "a@example.com");
    let asked = case.password().unwrap();
    assert_eq!(asked, Outcome::Challenge(State::Mfa(Factor::Email)));
    assert_eq!(case.step(&State::Mfa(Factor::Email), Event::Code), Ok(Outcome::SignedIn));
    assert!(case.user.is_verified("email"));
    assert_eq!(case.journey.methods, [Method::Password, Method::Email]);
}

#[test]
fn a_factor_must_have_been_offered() {
    let mut case = Case::new(Flow::Password);
    let offer = State::SelectMfa(vec![Factor::Sms, Factor::SoftwareToken]);
    let chosen = |factor| Event::Factor(factor);
    assert_eq!(case.step(&offer, chosen(Factor::Email)), Err(Refused::NotOffered));
    assert_eq!(case.step(&offer, chosen(Factor::Sms)), challenge(State::Mfa(Factor::Sms)));
    let offer = State::Select(vec![First::EmailOtp]);
    assert_eq!(case.step(&offer, Event::Chosen(First::WebAuthn)), Err(Refused::NotOffered));
    assert_eq!(case.step(&offer, Event::Password(Proof::Right)), Err(Refused::OutOfTurn));
}

#[test]
fn no_answer_is_good_for_another_challenge() {
    let states = [
        State::Password,
        State::Select(vec![First::EmailOtp]),
        State::First(First::WebAuthn),
        State::NewPasswordRequired,
        State::MfaSetup(vec![Factor::SoftwareToken]),
        State::Mfa(Factor::Sms),
        State::SelectMfa(vec![Factor::Sms]),
        State::DeviceVerifier,
        State::Confirmed,
        State::Custom,
    ];
    let events = [
        ("Password", Event::Password(Proof::Right)),
        ("Select", Event::Chosen(First::EmailOtp)),
        ("First", Event::Passkey { roaming: false, user_verified: true }),
        ("MfaSetup", Event::Enrolled),
        ("Mfa", Event::Code),
        ("Confirmed", Event::Resumed),
        ("SelectMfa", Event::Factor(Factor::Sms)),
        ("DeviceVerifier", Event::Device),
        ("Custom", Event::Custom { right: true, metadata: None }),
    ];
    for state in &states {
        for (of, event) in &events {
            let mut case = Case::new(Flow::Password);
            let answer = case.step(state, event.clone());
            let name = format!("{state:?}");
            let own = name == *of || name.starts_with(&format!("{of}("));
            assert_eq!(answer != Err(Refused::OutOfTurn), own, "{state:?} {event:?} {answer:?}");
        }
    }
}

#[test]
fn first_factors() {
    use First::{EmailOtp, Password, PasswordSrp, SmsOtp, WebAuthn};
    use wire::AuthFactorType as Allowed;
    let all = [Allowed::Password, Allowed::EmailOtp, Allowed::SmsOtp, Allowed::WebAuthn];
    let user = || Case::new(Flow::Choice).allow(&all);
    let reachable = |case: Case| {
        case.attribute("email", "a@example.com")
            .attribute("email_verified", "true")
            .attribute("phone_number", "+1")
    };
    let check = |case: Case, passkeys: bool, expected: &[First]| assert_eq!(case.offer(passkeys), expected);
    check(user(), false, &[PasswordSrp, Password]);
    check(reachable(user()), true, &[PasswordSrp, Password, EmailOtp, WebAuthn]);
    check(reachable(user()).status(Status::Unconfirmed), false, &[PasswordSrp, Password, EmailOtp, SmsOtp]);
    check(reachable(user()).with(|case| case.user.password = None), false, &[EmailOtp]);
    check(
        reachable(user()).status(Status::ForceChangePassword { until: Time(5) }),
        true,
        &[PasswordSrp, Password],
    );
    check(reachable(Case::new(Flow::Choice)), true, &[PasswordSrp, Password]);
    check(reachable(user()).mfa(ON), true, &[PasswordSrp, Password]);
    let multi = |case: &mut Case| {
        case.pool.factors.web_authn = Some(wire::WebAuthnConfigurationType {
            factor_configuration: Some(
                wire::WebAuthnFactorConfigurationType::MultiFactorWithUserVerification,
            ),
            ..Default::default()
        });
    };
    check(reachable(user()).mfa(ON).with(multi), true, &[PasswordSrp, Password, WebAuthn]);
    check(reachable(user()).mfa(OPTIONAL).enabled(&[Factor::Email]), true, &[PasswordSrp, Password]);
    check(reachable(user()).mfa(OPTIONAL), true, &[PasswordSrp, Password, EmailOtp, WebAuthn]);
}

#[test]
fn a_code_confirms_a_sign_up() {
    let user = || {
        let user = Case::new(Flow::Choice).allow(&[wire::AuthFactorType::EmailOtp]);
        user.attribute("email", "a@example.com")
    };
    let mut case = user().status(Status::Unconfirmed);
    assert_eq!(case.step(&State::First(First::EmailOtp), Event::Code), Ok(Outcome::SignedIn));
    assert_eq!((case.user.status, case.user.is_verified("email")), (Status::Confirmed, true));

    let check = |case: Case, expected: Refused| {
        let mut case = case.attribute("email_verified", "true");
        assert_eq!(case.step(&State::First(First::EmailOtp), Event::Code), Err(expected));
    };
    check(user().status(Status::ResetRequired), Refused::ResetRequired);
    check(user().with(|case| case.user.enabled = false), Refused::Disabled);
    check(user().mfa(ON), Refused::NotOffered);
    check(user().mfa(OPTIONAL).enabled(&[Factor::Email]), Refused::NotOffered);
    check(user().status(Status::ForceChangePassword { until: Time(2_000) }), Refused::NotOffered);
}

/// Of two sign-ins that are asked the same, the one that answers first takes it away from the other.
#[test]
fn what_was_asked_must_still_be_due() {
    let mut case = Case::new(Flow::Password);
    let password = Password::new(&case.pool.id, "alice", "Abcdef1!", [1; 16]).unwrap();
    let new = NewPassword { password, attributes: Vec::new() };
    let late = case.step(&State::NewPasswordRequired, Event::NewPassword(new));
    assert_eq!(late, Err(Refused::OutOfTurn));

    let new_email = State::NewEmail("thief@example.com".to_owned());
    let set_up = State::MfaSetup(vec![Factor::SoftwareToken, Factor::Email]);
    let email = Event::Email("thief@example.com".to_owned());
    let mut lacking = Case::new(Flow::Password).mfa(ON);
    assert_eq!(lacking.step(&set_up, email.clone()), challenge(new_email.clone()));
    let mut equipped = lacking.token();
    assert_eq!(equipped.step(&set_up, email), Err(Refused::OutOfTurn));
    assert_eq!(equipped.step(&new_email, Event::Code), Err(Refused::OutOfTurn));
}

#[test]
fn a_passkey_is_two_factors_only_if_it_verified_its_user() {
    let passkey = |user_verified| Event::Passkey { roaming: false, user_verified };
    let state = State::First(First::WebAuthn);
    let check = |case: Case, user_verified: bool, expected: Result<Outcome, Refused>| {
        let mut case = case;
        assert_eq!(case.step(&state, passkey(user_verified)), expected);
    };
    check(Case::new(Flow::Choice), false, Ok(Outcome::SignedIn));
    check(Case::new(Flow::Choice).mfa(ON), true, Err(Refused::NoFactor));
    let multi = |case: &mut Case| {
        case.pool.factors.web_authn = Some(wire::WebAuthnConfigurationType {
            factor_configuration: Some(
                wire::WebAuthnFactorConfigurationType::MultiFactorWithUserVerification,
            ),
            ..Default::default()
        });
    };
    check(Case::new(Flow::Choice).mfa(ON).with(multi), true, Ok(Outcome::SignedIn));
    check(Case::new(Flow::Choice).mfa(ON).with(multi), false, Err(Refused::NoFactor));
}

#[test]
fn levels_choose_factors() {
    use First::{Password, PasswordSrp, WebAuthn};
    let case = Case::new(Flow::Choice)
        .allow(&[wire::AuthFactorType::Password, wire::AuthFactorType::WebAuthn])
        .mfa(OPTIONAL)
        .token()
        .attribute("email", "a@example.com");
    let leading = |level| leading_to(level, &case.offer(true), &case.pool, &case.user);
    assert_eq!(leading(Level::One), [PasswordSrp, Password, WebAuthn]);
    assert_eq!(leading(Level::Three), [PasswordSrp, Password, WebAuthn]);
    assert_eq!(leading(Level::Four), [PasswordSrp, Password]);

    let check = |level: Level, expected: Result<Outcome, Refused>| {
        let mut case = Case::new(Flow::Choice).mfa(OPTIONAL).token().attribute("email", "a@example.com");
        case.journey.target = Some(level);
        assert_eq!(case.password(), expected, "{level:?}");
    };
    check(Level::One, Ok(Outcome::SignedIn));
    check(Level::Four, challenge(State::Mfa(Factor::SoftwareToken)));
    check(Level::Three, challenge(State::SelectMfa(vec![Factor::Email, Factor::SoftwareToken])));
    let mut without = Case::new(Flow::Choice).mfa(OPTIONAL);
    without.journey.target = Some(Level::Four);
    assert_eq!(without.password(), Err(Refused::NoFactor));
}

#[test]
fn devices_stand_for_the_second_factor_and_never_for_the_first() {
    let device = |remembered| Some(KnownDevice { key: "us-east-1_d".to_owned(), remembered });
    let tracked = |challenge_new: bool| {
        move |case: &mut Case| {
            case.pool.settings.device_configuration = Some(wire::DeviceConfigurationType {
                challenge_required_on_new_device: Some(challenge_new),
                device_only_remembered_on_user_prompt: None,
            });
        }
    };
    let check = |case: Case, expected: Result<Outcome, Refused>| {
        let mut case = case;
        assert_eq!(case.password(), expected);
    };
    let with = |remembered: bool, challenge_new: bool| {
        Case::new(Flow::Password)
            .mfa(ON)
            .token()
            .with(tracked(challenge_new))
            .with(|case| case.journey.device = device(remembered))
    };
    let token = || challenge(State::Mfa(Factor::SoftwareToken));
    check(with(true, true), challenge(State::Device));
    check(with(false, true), token());
    check(with(true, false), token());
    let mut case = with(true, false);
    case.password().unwrap();
    assert_eq!(case.step(&State::Mfa(Factor::SoftwareToken), Event::Code), challenge(State::Device));
    assert_eq!(case.step(&State::DeviceVerifier, Event::Device), Ok(Outcome::SignedIn));
    let untracked = Case::new(Flow::Password).with(|case| case.journey.device = device(true));
    check(untracked, Ok(Outcome::SignedIn));
}

#[test]
fn custom_challenges_go_on_as_they_are_judged() {
    let mut case = Case::new(Flow::Custom);
    let answer = Event::Custom { right: false, metadata: Some("captcha".to_owned()) };
    assert_eq!(case.step(&State::Custom, answer), Ok(Outcome::Define));
    let round = Round {
        challenge: "CUSTOM_CHALLENGE".to_owned(),
        result: false,
        metadata: Some("captcha".to_owned()),
    };
    assert_eq!(case.journey.rounds, [round]);
    assert_eq!(case.step(&State::Verifier, Event::Password(Proof::Right)), Ok(Outcome::Define));
    assert_eq!(case.journey.rounds.len(), 2);

    let judge = |case: &Case, user: Option<&User>, verdict: Verdict| {
        let subject = Subject { pool: &case.pool, client: &case.client };
        judge(subject, user, &case.journey, &verdict)
    };
    let named = |name: &str| Verdict::Challenge(name.to_owned());
    let user = Some(&case.user);
    assert_eq!(judge(&case, user, Verdict::IssueTokens), Ok(Outcome::SignedIn));
    assert_eq!(judge(&case, user, Verdict::Fail), Err(Refused::Denied));
    assert_eq!(judge(&case, user, named("CUSTOM_CHALLENGE")), challenge(State::Custom));
    assert_eq!(judge(&case, user, named("PASSWORD_VERIFIER")), challenge(State::Verifier));
    assert_eq!(judge(&case, user, named("SMS_MFA")), Err(Refused::NoFactor));
    assert_eq!(judge(&case, user, named("COFFEE")), Err(Refused::UnknownChallenge));
    assert_eq!(judge(&case, None, named("CUSTOM_CHALLENGE")), challenge(State::Custom));
    assert_eq!(judge(&case, None, Verdict::IssueTokens), Err(Refused::Denied));
    let unconfirmed = User { status: Status::Unconfirmed, mfa: Mfa::default(), ..case.user.clone() };
    assert_eq!(judge(&case, Some(&unconfirmed), Verdict::IssueTokens), Err(Refused::NotConfirmed));
}
