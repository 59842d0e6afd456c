//! Small charts, drawn on the server as SVG: bars over time, with what they say in words for those who do not see them.

use std::fmt::Write as _;

/// The chart's size, in its own units.
const WIDTH: usize = 320;
const HEIGHT: usize = 64;

/// A chart of counts over time.
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// All of it together.
    pub total: i64,
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
        let (total, most) = (counts.iter().sum(), counts.iter().copied().max().unwrap_or_default());
        let words = match most {
            0 => format!("{title}: none"),
            _ => format!("{title}: {total} in {} {unit}s, {most} in the busiest {unit}", counts.len()),
        };
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
        Self { title, total, words, path, is_bad, view_box: format!("0 0 {WIDTH} {HEIGHT}") }
    }
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
        assert_eq!((chart.total, chart.words.as_str()), (93, "Sign-ins: 93 in 3 hours, 62 in the busiest hour"));
        assert_eq!(Chart::of("Sign-ins", &[0, 0], "hour", false).path, "");
    }
}
