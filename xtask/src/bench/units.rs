//! What the results are measured in: the machine's own speed in the same minute.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Bits of the private exponent of `openssl speed ffdh3072` (RFC 7919, appendix A.2) and of our exponents.
const EXPONENTS: (f64, f64) = (275.0, 256.0);

/// Seconds that the machine takes.
pub struct Units {
    /// One RSA-2048 signature of `openssl speed`.
    pub signature: f64,
    /// One modular exponentiation, 3072-bit modulus and 256-bit exponent.
    pub exponentiation: f64,
    /// One fsync of a small append on the disk of the store.
    pub fsync: f64,
    /// The load average of the last minute: without other work it is near zero.
    pub load: String,
    /// The version of the `openssl` command.
    pub openssl: String,
}

impl Units {
    /// Measures for about three seconds; `folder` lies on the disk of the store.
    pub fn measure(folder: &Path) -> Result<Self, String> {
        let load = fs::read_to_string("/proc/loadavg").map_err(|error| format!("/proc/loadavg: {error}"))?;
        let load = load.split_whitespace().next().unwrap_or_default().to_owned();
        let signature = signature()?;
        let exponentiation = speed("ffdh3072")? * EXPONENTS.1 / EXPONENTS.0;
        let openssl = openssl(&["version"])?.trim().to_owned();
        Ok(Self { signature, exponentiation, fsync: fsync(folder)?, load, openssl })
    }

    /// The medians of some rounds; the load is that before the first.
    pub fn median(rounds: &[Self]) -> Option<Self> {
        let of = |unit: fn(&Self) -> f64| median(rounds.iter().map(unit).collect());
        let Self { load, openssl, .. } = rounds.first()?;
        Some(Self {
            signature: of(|units| units.signature),
            exponentiation: of(|units| units.exponentiation),
            fsync: of(|units| units.fsync),
            load: load.clone(),
            openssl: openssl.clone(),
        })
    }
}

/// The value in the middle; 0 of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Seconds of one RSA-2048 signature, as of now.
pub fn signature() -> Result<f64, String> {
    speed("rsa2048")
}

fn speed(algorithm: &str) -> Result<f64, String> {
    let table = openssl(&["speed", "-seconds", "1", algorithm])?;
    rate(&table).map(f64::recip).ok_or_else(|| format!("openssl speed {algorithm}: no result:\n{table}"))
}

/// Operations a second: in the last line, the first number behind the seconds, which have an `s` and too few
/// digits. For RSA these are signatures.
fn rate(table: &str) -> Option<f64> {
    let mut words = table.lines().last()?.split_whitespace();
    let mut word = words.find(|word| is_seconds(word))?;
    while is_seconds(word) {
        word = words.next()?;
    }
    word.parse().ok().filter(|rate| *rate > 0.0)
}

fn is_seconds(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| number.parse::<f64>().is_ok())
}

fn openssl(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl").args(arguments).stderr(Stdio::null()).output();
    let output = output.map_err(|error| format!("failed to run openssl: {error}"))?;
    String::from_utf8(output.stdout).map_err(|_| "openssl wrote no UTF-8".to_owned())
}

fn fsync(folder: &Path) -> Result<f64, String> {
    const ROUNDS: u32 = 100;
    let failed = |error: std::io::Error| format!("failed to write below {}: {error}", folder.display());
    let mut file = File::create(folder.join("fsync")).map_err(failed)?;
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        file.write_all(&[0; 4096]).map_err(failed)?;
        file.sync_all().map_err(failed)?;
    }
    Ok(begin.elapsed().as_secs_f64() / f64::from(ROUNDS))
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn rates_of_openssl() {
        let rsa = "          sign    verify    sign/s verify/s\nrsa 2048 bits 0.000354s 0.000019s   2822.2  51508.0\n";
        assert_eq!(rate(rsa), Some(2822.2));
        let dh = "                       op     op/s\n3072 bits ffdh   0.0008s   1241.4\n";
        assert_eq!(rate(dh), Some(1241.4));
        assert_eq!(rate("speed: Unknown algorithm rsa2048\n"), None);
        assert_eq!(rate(""), None);
    }
}
