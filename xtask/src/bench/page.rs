//! docs/benchmarks.md.

use std::fmt::Write;
use std::thread;

use super::units::{Units, median};

/// One measurement.
#[derive(Clone)]
pub struct Row {
    name: String,
    value: f64,
    /// The least and the most that a round has measured, where there were rounds.
    spread: Option<(f64, f64)>,
    limit: Option<Limit>,
    unit: &'static str,
    note: String,
}

#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Row {
    /// A value that should not be above the limit.
    pub fn below(name: &str, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { limit: Some(Limit::AtMost(limit)), ..Self::plain(name, value, unit) }
    }

    /// A value that should not be below the limit.
    pub fn above(name: &str, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { limit: Some(Limit::AtLeast(limit)), ..Self::plain(name, value, unit) }
    }

    /// A value to compare others with.
    pub fn plain(name: &str, value: f64, unit: &'static str) -> Self {
        Self { name: name.to_owned(), value, spread: None, limit: None, unit, note: String::new() }
    }

    /// Adds what else should be known.
    pub fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }

    fn spread(&self) -> String {
        self.spread.map(|(least, most)| format!("{}–{}", number(least), number(most))).unwrap_or_default()
    }

    fn goal(&self) -> String {
        match self.limit {
            Some(Limit::AtMost(limit)) => format!("at most {}", number(limit)),
            Some(Limit::AtLeast(limit)) => format!("at least {}", number(limit)),
            None => String::new(),
        }
    }

    fn verdict(&self) -> &'static str {
        match self.limit {
            Some(Limit::AtMost(limit)) if self.value <= limit => "reached",
            Some(Limit::AtLeast(limit)) if self.value >= limit => "reached",
            Some(_) => "missed",
            None => "",
        }
    }
}

impl Limit {
    fn of(self) -> f64 {
        match self {
            Self::AtMost(limit) | Self::AtLeast(limit) => limit,
        }
    }

    fn with(self, limit: f64) -> Self {
        match self {
            Self::AtMost(_) => Self::AtMost(limit),
            Self::AtLeast(_) => Self::AtLeast(limit),
        }
    }
}

/// The median of each row of some rounds, all of which have the same rows. Limits are in units of the round, so that
/// their medians are taken too.
pub fn medians(rounds: &[Vec<Row>]) -> Vec<Row> {
    let first = rounds.first().map(Vec::as_slice).unwrap_or_default();
    let rows = first.iter().enumerate().map(|(index, row)| {
        let all: Vec<&Row> = rounds.iter().filter_map(|round| round.get(index)).collect();
        let values: Vec<f64> = all.iter().map(|row| row.value).collect();
        let spread = values
            .iter()
            .fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(*value), most.max(*value)));
        let value = median(values);
        let middle = all.into_iter().find(|row| row.value == value).unwrap_or(row);
        let limits = rounds.iter().filter_map(|round| round.get(index)?.limit.map(Limit::of)).collect();
        let limit = row.limit.map(|limit| limit.with(median(limits)));
        Row { value, spread: Some(spread), limit, ..middle.clone() }
    });
    rows.collect()
}

/// The page, with every row.
pub fn render(units: &Units, rounds: usize, rows: &[Row]) -> String {
    let mut page = format!(
        "# Benchmarks\n\nWritten by `cargo xtask bench`. Costs of requests are processor time of the server (user \
         and kernel mode, from `/proc`), with 32 kept connections that one thread drives, 100 users and the durable store, in units of \
         one RSA-2048 signature of `openssl speed rsa2048` in the same minute: the median of {rounds} rounds, and the \
         least and the most of them. First proofs are of passwords that were \
         just set, cold sign-ins are in a process that has just started; everything else is in a warm one.\n\n\
         The machine: {} processors, {}, {:.0} µs a signature, {:.0} µs a modular exponentiation (3072-bit \
         modulus, 256-bit exponent), {:.2} ms an fsync, load average {} \
         before the run. Where that is not near zero, other work has made the figures worse.\n\n\
         | what | measured | rounds | unit | goal | | |\n| --- | ---: | --- | --- | --- | --- | --- |\n",
        thread::available_parallelism().map_or(1, usize::from),
        units.openssl,
        units.signature * 1e6,
        units.exponentiation * 1e6,
        units.fsync * 1e3,
        units.load,
    );
    for row in rows {
        let Row { name, value, unit, note, .. } = row;
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {unit} | {} | {} | {note} |",
            number(*value),
            row.spread(),
            row.goal(),
            row.verdict()
        );
    }
    page
}

/// Three significant digits or so.
fn number(value: f64) -> String {
    match value {
        value if value.abs() < 1.0 => format!("{value:.3}"),
        value if value.abs() < 100.0 => format!("{value:.2}"),
        value => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let rows = [
            Row::below("a", 2.4, 2.5, "signatures"),
            Row::below("b", 0.0671, 0.066, "signatures"),
            Row::above("c", 14.0, 15.0, "times").with_note("1/s, 14/s".to_owned()),
            Row::plain("d", 432.1, "ms"),
        ];
        let expected = [
            "| a | 2.40 |  | signatures | at most 2.50 | reached |  |",
            "| b | 0.067 |  | signatures | at most 0.066 | missed |  |",
            "| c | 14.00 |  | times | at least 15.00 | missed | 1/s, 14/s |",
            "| d | 432 |  | ms |  |  |  |",
        ];
        check(&rows, &expected);
    }

    #[test]
    fn medians_of_rounds() {
        let round = |value: f64, limit| {
            vec![
                Row::below("a", value, limit, "times").with_note(value.to_string()),
                Row::plain("b", value, "ms"),
            ]
        };
        let rows = medians(&[round(3.0, 2.5), round(2.0, 2.7), round(2.2, 2.1)]);
        let expected = [
            "| a | 2.20 | 2.00–3.00 | times | at most 2.50 | reached | 2.2 |",
            "| b | 2.20 | 2.00–3.00 | ms |  |  |  |",
        ];
        check(&rows, &expected);
    }

    fn check(rows: &[Row], expected: &[&str]) {
        let units = Units {
            signature: 0.0004,
            exponentiation: 0.001,
            fsync: 0.004,
            load: "0.05".to_owned(),
            openssl: "OpenSSL 3".to_owned(),
        };
        let page = render(&units, 5, rows);
        let table: Vec<&str> = page.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).collect();
        assert_eq!(table, expected);
        assert!(page.contains("400 µs a signature") && page.contains("4.00 ms an fsync"), "{page}");
    }
}
