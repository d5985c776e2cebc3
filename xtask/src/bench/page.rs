//! docs/benchmarks.md.

use std::fmt::Write;
use std::thread;

use super::units::Units;

/// One measurement.
pub struct Row {
    name: String,
    value: f64,
    limit: Option<Limit>,
    unit: &'static str,
    note: String,
}

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
        Self { name: name.to_owned(), value, limit: None, unit, note: String::new() }
    }

    /// Adds what else should be known.
    pub fn with_note(self, note: String) -> Self {
        Self { note, ..self }
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

/// The page, with every row.
pub fn render(units: &Units, rows: &[Row]) -> String {
    let mut page = format!(
        "# Benchmarks\n\nWritten by `cargo xtask bench`. Costs of requests are processor time of the server (user \
         and kernel mode, from `/proc`), with 32 kept connections, 100 users and the durable store, in units of \
         one RSA-2048 signature of `openssl speed rsa2048` in the same run. First proofs and cold sign-ins are \
         measured in a process that has just started; everything else in one that is warm.\n\n\
         The machine: {} processors, {}, {:.0} µs a signature, {:.0} µs a modular exponentiation (3072-bit \
         modulus, 256-bit exponent), {:.2} ms an fsync, load average {} \
         before the run. Where that is not near zero, other work has made the figures worse.\n\n\
         | what | measured | unit | goal | | |\n| --- | ---: | --- | --- | --- | --- |\n",
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
            "| {name} | {} | {unit} | {} | {} | {note} |",
            number(*value),
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
        let units = Units {
            signature: 0.0004,
            exponentiation: 0.001,
            fsync: 0.004,
            load: "0.05".to_owned(),
            openssl: "OpenSSL 3".to_owned(),
        };
        let rows = [
            Row::below("a", 2.4, 2.5, "signatures"),
            Row::below("b", 0.0671, 0.066, "signatures"),
            Row::above("c", 14.0, 15.0, "times").with_note("1/s, 14/s".to_owned()),
            Row::plain("d", 432.1, "ms"),
        ];
        let page = render(&units, &rows);
        let table: Vec<&str> = page.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).collect();
        assert_eq!(
            table,
            [
                "| a | 2.40 | signatures | at most 2.50 | reached |  |",
                "| b | 0.067 | signatures | at most 0.066 | missed |  |",
                "| c | 14.00 | times | at least 15.00 | missed | 1/s, 14/s |",
                "| d | 432 | ms |  |  |  |",
            ]
        );
        assert!(page.contains("400 µs a signature") && page.contains("4.00 ms an fsync"), "{page}");
    }
}
