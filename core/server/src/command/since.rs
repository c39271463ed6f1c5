//! `--since`: how far back a question goes.

use gatewright_capabilities::SystemClock;
use gatewright_domain::clock::Clock;

/// A time that has passed: `30m`, `12h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since {
    seconds: i64,
}

impl Since {
    /// The moment that lies so far back, in milliseconds since 1970.
    pub(super) fn moment_ms(self) -> i64 {
        SystemClock.now_ms().saturating_sub(self.seconds.saturating_mul(1000))
    }
}

/// Reads one.
pub(super) fn since(text: &str) -> Result<Since, String> {
    let wrong = || "write it as a number and a unit, such as 30m, 12h or 7d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds_a_unit = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Since { seconds: i64::from(number) * seconds_a_unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_has_passed_is_a_number_and_a_unit() {
        let table = [("90s", 90), ("30m", 1_800), ("12h", 43_200), ("7d", 604_800)];
        for (text, seconds) in table {
            assert_eq!(since(text), Ok(Since { seconds }));
        }
        for text in ["", "7", "d", "-1d", "1.5h", "7 days", "7é"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
