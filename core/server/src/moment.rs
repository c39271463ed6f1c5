//! Moments for people: `2026-11-22 20:55` UTC (RFC 3339 without its seconds).

use gatewright_domain::clock::Timestamp;

const DAY_S: i64 = 24 * 3600;
/// Days of four hundred years, after which the calendar repeats itself.
const DAYS_400: i64 = 146_097;

/// The moment in UTC.
pub(crate) fn shown(moment: Timestamp) -> String {
    let (days, second) = (moment.0.div_euclid(DAY_S), moment.0.rem_euclid(DAY_S));
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", second / 3600, second % 3600 / 60)
}

/// The moment in UTC, to the millisecond, as RFC 3339 writes it.
pub(crate) fn exact(at_ms: i64) -> String {
    let (seconds, ms) = (at_ms.div_euclid(1000), at_ms.rem_euclid(1000));
    let minute = shown(Timestamp(seconds)).replace(' ', "T");
    format!("{minute}:{:02}.{ms:03}Z", seconds.rem_euclid(60))
}

/// The date of a day counted from 1970-01-01, by the Gregorian calendar. Years are taken to begin in March, so that the
/// leap day is the last of its year.
fn date(days: i64) -> (i64, i64, i64) {
    let from_march_0000 = days + 719_468;
    let (era, day_of_era) = (from_march_0000.div_euclid(DAYS_400), from_march_0000.rem_euclid(DAYS_400));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year_of_era, month + 3) } else { (year_of_era + 1, month - 9) };
    (era * 400 + year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_by_the_gregorian_calendar() {
        let table = [
            (0, "1970-01-01 00:00"),
            (951_782_400, "2000-02-29 00:00"),
            (1_709_164_799, "2024-02-28 23:59"),
            (1_709_251_199, "2024-02-29 23:59"),
            (1_709_251_200, "2024-03-01 00:00"),
            (4_107_542_400, "2100-03-01 00:00"),
            (-1, "1969-12-31 23:59"),
        ];
        for (seconds, text) in table {
            assert_eq!(shown(Timestamp(seconds)), text);
        }
    }
}
