//! The clock that tokens, codes, sessions, locks and devices read: the system's, unless it was moved.

use serde::{Deserialize, Serialize};

use crate::entity::{Entity, Kind};
use crate::time::{Span, Time};

/// The latest moment to which the clock can be moved: 3000-01-01T00:00:00Z. The earliest is 1970.
const LATEST: Time = Time::from_seconds(32_503_680_000);

/// How the clock of the service stands to the system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockState {
    /// It runs.
    Running {
        /// So far ahead of the system's; behind it if this is negative.
        ahead: Span,
    },
    /// It stands.
    Frozen {
        /// At this moment.
        at: Time,
    },
}

/// How it is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// On by so much. A frozen clock stands there then.
    Advance(Span),
    /// Stand still, at this moment or where it is.
    Freeze(Option<Time>),
    /// Run on from where it is.
    Resume,
    /// Be the system's again.
    Reset,
}

/// Why it is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// An advance by less than nothing.
    #[error("a clock does not advance backwards")]
    Backwards,
    /// Before 1970 or after 2999.
    #[error("the clock would leave its range")]
    OutOfRange,
}

impl Default for ClockState {
    fn default() -> Self {
        Self::Running { ahead: Span(0) }
    }
}

impl ClockState {
    /// The key of the one record.
    pub const KEY: &str = "clock";

    /// What it says when the system's clock says this.
    pub fn reading(self, system: Time) -> Time {
        match self {
            Self::Running { ahead } => system + ahead,
            Self::Frozen { at } => at,
        }
    }

    /// Changes it at a moment of the system's clock.
    ///
    /// It goes back only where that is said outright, by a moment to freeze at or by a reset: what was made "later" is
    /// then from the future, and a negative advance is rather a slip.
    ///
    /// # Errors
    /// [`ClockError`]
    pub fn changed(self, change: ClockChange, system: Time) -> Result<Self, ClockError> {
        let now = self.reading(system);
        let changed = match (change, self) {
            (ClockChange::Advance(span), _) if span < Span(0) => return Err(ClockError::Backwards),
            (ClockChange::Advance(span), Self::Running { ahead }) => {
                Self::Running { ahead: Span(ahead.0.saturating_add(span.0)) }
            }
            (ClockChange::Advance(span), Self::Frozen { at }) => Self::Frozen { at: at + span },
            (ClockChange::Freeze(at), _) => Self::Frozen { at: at.unwrap_or(now) },
            (ClockChange::Resume, _) => Self::Running { ahead: now - system },
            (ClockChange::Reset, _) => Self::default(),
        };
        if (Time(0)..LATEST).contains(&changed.reading(system)) {
            Ok(changed)
        } else {
            Err(ClockError::OutOfRange)
        }
    }
}

impl Entity for ClockState {
    const KIND: Kind = Kind::Clock;

    fn key(&self) -> String {
        Self::KEY.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYSTEM: Time = Time::from_seconds(1_767_776_887);
    const HOUR: Span = Span::hours(1);

    /// Applies the changes, one second of the system's clock apart, and reads the clock a second later.
    fn check(changes: &[ClockChange], expected: Result<Time, ClockError>) {
        let mut system = SYSTEM;
        let mut state = Ok(ClockState::default());
        for change in changes {
            state = state.and_then(|state| state.changed(*change, system));
            system = system + Span::seconds(1);
        }
        assert_eq!(state.map(|state| state.reading(system)), expected, "{changes:?}");
    }

    #[test]
    fn changes() {
        use ClockChange::{Advance, Freeze, Reset, Resume};
        let after = |span: Span| Ok(SYSTEM + span);
        let second = Span::seconds;
        check(&[], after(second(0)));
        check(&[Advance(HOUR)], after(second(3601)));
        check(&[Advance(HOUR), Advance(HOUR)], after(second(7202)));
        check(&[Advance(second(0))], after(second(1)));
        check(&[Freeze(None)], after(second(0)));
        check(&[Advance(HOUR), Freeze(None), Freeze(None)], after(second(3601)));
        check(&[Freeze(Some(Time(5)))], Ok(Time(5)));
        check(&[Freeze(None), Advance(HOUR)], after(HOUR));
        check(&[Freeze(None), Advance(HOUR), Resume], after(second(3601)));
        check(&[Freeze(Some(Time(5))), Resume], Ok(Time(1005)));
        check(&[Resume], after(second(1)));
        check(&[Freeze(Some(Time(5))), Advance(HOUR), Reset], after(second(3)));
        check(&[Advance(HOUR), Reset], after(second(2)));
    }

    #[test]
    fn refusals() {
        use ClockChange::{Advance, Freeze};
        let (backwards, out) = (Err(ClockError::Backwards), Err(ClockError::OutOfRange));
        check(&[Advance(HOUR), Advance(Span(-1))], backwards);
        check(&[Advance(Span(i64::MIN))], backwards);
        check(&[Advance(Span(i64::MAX))], out);
        check(&[Freeze(None), Advance(Span(i64::MAX))], out);
        check(&[Freeze(Some(LATEST))], out);
        check(&[Freeze(Some(Time(-1)))], out);
        check(&[Freeze(Some(Time(0)))], Ok(Time(0)));
    }
}
