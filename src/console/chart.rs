//! Small charts, drawn on the server as SVG: bars over time, with what they say in words for those who do not see them.

use std::fmt::Write as _;

/// The chart's size, in its own units.
const WIDTH: usize = 320;
const HEIGHT: usize = 64;

/// A chart of counts over time.
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// All of it together, as it is written.
    pub total: String,
    /// What it shows, in words.
    pub words: String,
    /// The bars, as one path.
    pub path: String,
    /// Whether much of it is bad.
    pub is_bad: bool,
    /// `0 0 width height`
    pub view_box: String,
}

impl Chart {
    /// Draws counts, the oldest first; `unit` is what each is of: `hour`, `day`.
    #[must_use]
    pub fn of(title: &'static str, counts: &[i64], unit: &str, is_bad: bool) -> Self {
        let (total, most): (i64, i64) = (counts.iter().sum(), counts.iter().copied().max().unwrap_or_default());
        let words = match most {
            0 => format!("{title}: none"),
            _ => format!("{title}: {total} in {} {unit}s, {most} in the busiest {unit}", counts.len()),
        };
        Self { title, total: total.to_string(), words, path: bars(counts, most), is_bad, view_box: view_box() }
    }

    /// Draws how much of something was of a kind: a part and the whole each, the oldest first, in hundredths.
    #[must_use]
    pub fn share(title: &'static str, counts: &[(i64, i64)], unit: &str) -> Self {
        let of = |(part, whole): (i64, i64)| if whole > 0 { part * 100 / whole } else { 0 };
        let all = counts.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        let shares: Vec<i64> = counts.iter().copied().map(of).collect();
        let (total, words) = match all {
            (_, 0) => ("–".to_owned(), format!("{title}: none")),
            all => (format!("{}%", of(all)), format!("{title}: {}% in {} {unit}s", of(all), counts.len())),
        };
        Self { title, total, words, path: bars(&shares, 100), is_bad: false, view_box: view_box() }
    }
}

fn view_box() -> String {
    format!("0 0 {WIDTH} {HEIGHT}")
}

/// Bars, as one path; the highest there can be is as high as the chart.
fn bars(counts: &[i64], most: i64) -> String {
    let mut path = String::new();
    let slots = counts.len().max(1);
    for (index, count) in counts.iter().enumerate() {
        let height = scaled(*count, most);
        let (left, right) = (index * WIDTH / slots, (index + 1) * WIDTH / slots);
        let width = (right - left).saturating_sub(2).max(1);
        if height > 0 {
            // Writing into a text does not fail.
            let _ = write!(path, "M{left} {HEIGHT}v-{height}h{width}v{height}z");
        }
    }
    path
}

/// How high a bar is: one that is not nothing is seen.
fn scaled(count: i64, most: i64) -> i64 {
    let full = i64::try_from(HEIGHT).unwrap_or(i64::MAX) - 2;
    if count <= 0 || most <= 0 { 0 } else { (count.saturating_mul(full) / most).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_counts_and_none_is_drawn_for_nothing() {
        let chart = Chart::of("Sign-ins", &[0, 31, 62], "hour", false);
        assert_eq!(chart.path, "M106 64v-31h105v31zM213 64v-62h105v62z");
        assert_eq!((chart.total.as_str(), chart.words.as_str()), ("93", "Sign-ins: 93 in 3 hours, 62 in the busiest hour"));
        assert_eq!(Chart::of("Sign-ins", &[0, 0], "hour", false).path, "");
        let share = Chart::share("With a second factor", &[(0, 0), (1, 2), (5, 5)], "day");
        assert_eq!(share.path, "M106 64v-31h105v31zM213 64v-62h105v62z");
        assert_eq!((share.total.as_str(), share.words.as_str()), ("85%", "With a second factor: 85% in 3 days"));
        assert_eq!(Chart::share("With a second factor", &[(0, 0)], "day").total, "–");
    }
}
