//! Moments in words, in UTC.

use gatewright_domain::clock::Timestamp;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_S: i64 = 86_400;
/// Days of the 400 years after which the Gregorian calendar repeats itself.
const ERA_DAYS: i64 = 146_097;
/// The furthest moment that is put into words, the end of the year 9999; what lies beyond is shown as it.
const LAST_S: i64 = 253_402_300_799;

/// `22 Nov 2026, 21:04:05 UTC`.
pub(super) fn utc(moment: Timestamp) -> String {
    let seconds = moment.0.clamp(0, LAST_S);
    let (day, time) = (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S));
    let (year, month, day) = civil(day);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let month = usize::try_from(month - 1).ok().and_then(|place| MONTHS.get(place)).unwrap_or(&"");
    format!("{day} {month} {year}, {hour:02}:{minute:02}:{second:02} UTC")
}

/// `in 5 minutes`, `2 hours ago`, `now`.
pub(super) fn from_now(moment: Timestamp, now: Timestamp) -> String {
    let distance = moment.0.saturating_sub(now.0);
    let (count, unit) = match distance.unsigned_abs() {
        0 => return "now".to_owned(),
        seconds @ 1..60 => (seconds, "second"),
        seconds @ 60..3600 => (seconds / 60, "minute"),
        seconds @ 3600..172_800 => (seconds / 3600, "hour"),
        seconds => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if distance > 0 { format!("in {count} {unit}{plural}") } else { format!("{count} {unit}{plural} ago") }
}

/// Year, month and day of the day that many days after 1970-01-01, in the Gregorian calendar. Years are counted
/// from March, so that a leap day comes last.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_as_calendars_have_them() {
        for (seconds, told) in [
            (0, "1 Jan 1970, 00:00:00 UTC"),
            (951_782_400, "29 Feb 2000, 00:00:00 UTC"),
            (1_709_251_199, "29 Feb 2024, 23:59:59 UTC"),
            (4_107_542_399, "28 Feb 2100, 23:59:59 UTC"),
            (4_107_542_400, "1 Mar 2100, 00:00:00 UTC"),
            (253_402_300_799, "31 Dec 9999, 23:59:59 UTC"),
            (i64::MAX, "31 Dec 9999, 23:59:59 UTC"),
            (i64::MIN, "1 Jan 1970, 00:00:00 UTC"),
        ] {
            assert_eq!(utc(Timestamp(seconds)), told);
        }
    }

    #[test]
    fn distances_are_told_in_the_largest_unit() {
        for (distance, told) in [
            (0, "now"),
            (1, "in 1 second"),
            (59, "in 59 seconds"),
            (300, "in 5 minutes"),
            (-3600, "1 hour ago"),
            (172_800, "in 2 days"),
            (i64::MIN, "106751991167300 days ago"),
        ] {
            assert_eq!(from_now(Timestamp(distance), Timestamp(0)), told);
        }
    }
}
