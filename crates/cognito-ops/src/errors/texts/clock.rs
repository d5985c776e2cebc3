//! The clock at `/_awsemu/clock`. All of our own.

texts! {
    /// Not one of the changes.
    unknown_clock_change() = InvalidParameterException, "The body must be one of {{\"advance_seconds\": 3600}}, {{\"freeze\": true}}, {{\"freeze\": \"2026-01-01T00:00:00Z\"}}, {{\"freeze\": false}} and {{\"reset\": true}}.";
    /// A fraction, or more than an integer holds.
    clock_seconds() = InvalidParameterException, "advance_seconds must be a whole number.";
    /// A text that is no moment.
    clock_moment() = InvalidParameterException, "freeze must be true, false or a moment such as 2026-01-01T00:00:00Z.";
    /// A negative advance.
    clock_backwards() = InvalidParameterException, "The clock can only be advanced forwards; {{\"reset\": true}} and a moment to freeze at take it back.";
    /// A moment that is out of range.
    clock_range() = InvalidParameterException, "The clock can be moved from 1970 to 2999.";
}
