//! `passwright status`: whether a running server lives and is ready, and what it has counted.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::fetch::{Answer, Client, ServerFlags};
use super::report::{OutputFlags, Report, Tabular};
use crate::kit::clock::{Clock as _, SystemClock, Timestamp};

/// The flags of `status`.
#[derive(Debug, Args)]
pub struct StatusFlags {
    #[command(flatten)]
    server: ServerFlags,
    #[command(flatten)]
    output: OutputFlags,
}

/// How a server is. What it does not tell is absent: a proxy may keep its metrics to itself.
#[derive(Debug, PartialEq, Serialize)]
struct Status {
    url: String,
    /// The process answers.
    live: bool,
    /// The database answers too.
    ready: bool,
    /// Why it is not ready.
    problem: Option<String>,
    #[serde(flatten)]
    counted: Counted,
}

/// What a server tells of itself in its metrics.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Counted {
    version: Option<String>,
    /// `dev` or `serve`
    mode: Option<String>,
    uptime_seconds: Option<u64>,
    requests: Option<u64>,
    /// Answered with 4xx.
    refused: Option<u64>,
    /// Answered with 5xx.
    failed: Option<u64>,
    /// From request to answer.
    mean_seconds: Option<f64>,
    /// Refused because a budget was spent.
    budget_refusals: Option<u64>,
    signing_key_rotations: Option<u64>,
}

/// Asks the server.
///
/// # Errors
/// A server that cannot be reached, or is none of ours.
pub async fn run(flags: &StatusFlags) -> Result<Report, String> {
    let url = &flags.server.url;
    let client = Client::new(flags.server.ca.as_deref())?;
    let get = async |path: &str| client.get(&format!("{url}{path}")).await;
    let live = get("/healthz").await?;
    if live.status != 200 {
        return Err(format!("{url}/healthz answers with {}: is it Passwright's address?", live.status));
    }
    let Answer { status, text } = get("/readyz").await?;
    let metrics = get("/metrics").await.ok().filter(|metrics| metrics.status == 200);
    let ready = status == 200;
    let status = Status {
        url: url.clone(),
        live: true,
        ready,
        problem: (!ready).then(|| text.trim().to_owned()),
        counted: metrics.map(|metrics| Counted::read(&metrics.text, SystemClock.now())).unwrap_or_default(),
    };
    Ok(Report { text: flags.output.write(&status)?, yes: ready })
}

impl Counted {
    /// From the text form of Prometheus.
    fn read(metrics: &str, now: Timestamp) -> Self {
        let build = samples(metrics, "passwright_build_info").next();
        let label = |name: &str| build.as_ref().and_then(|sample| sample.label(name));
        let of_class = |class: &str| {
            let counted = samples(metrics, "passwright_requests_total").filter(|sample| sample.label("status").as_deref() == Some(class));
            whole(counted)
        };
        let requests = whole(samples(metrics, "passwright_requests_total"));
        let timed = |name: &str| samples(metrics, name).next().map(|sample| sample.value);
        let mean = timed("passwright_request_seconds_sum").zip(timed("passwright_request_seconds_count"));
        // Classes without a request yet are not listed.
        let or_none_yet = |count: Option<u64>| count.or(requests.map(|_| 0));
        Self {
            version: label("version"),
            mode: label("mode"),
            uptime_seconds: timed("process_start_time_seconds").map(|start| now.since(Timestamp::from_seconds(start as i64)).as_secs()),
            requests,
            refused: or_none_yet(of_class("4xx")),
            failed: or_none_yet(of_class("5xx")),
            mean_seconds: mean.filter(|(_, count)| *count > 0.0).map(|(sum, count)| sum / count),
            budget_refusals: whole(samples(metrics, "passwright_budget_refusals_total")),
            signing_key_rotations: whole(samples(metrics, "passwright_signing_key_rotations_total")),
        }
    }
}

/// A line of Prometheus's text form.
struct Sample<'a> {
    labels: &'a str,
    value: f64,
}

impl Sample<'_> {
    fn label(&self, name: &str) -> Option<String> {
        let (_, rest) = self.labels.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    }
}

/// The samples of a name: `name{labels} value`.
fn samples<'a>(metrics: &'a str, name: &str) -> impl Iterator<Item = Sample<'a>> {
    metrics.lines().filter_map(move |line| {
        let (labels, value) = line.strip_prefix(name)?.rsplit_once(' ')?;
        let is_whole_name = labels.is_empty() || labels.starts_with('{');
        is_whole_name.then_some(Sample { labels, value: value.parse().ok()? })
    })
}

/// The sum of counters; `None` where there is none.
fn whole<'a>(samples: impl Iterator<Item = Sample<'a>>) -> Option<u64> {
    samples.map(|sample| sample.value as u64).reduce(|sum, count| sum.saturating_add(count))
}

impl Tabular for Status {
    const HEADINGS: &'static [&'static str] = &["what", "state"];

    fn rows(&self) -> Vec<Vec<String>> {
        let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        let ready = self.problem.as_ref().map_or_else(|| yes(self.ready), |problem| format!("no: {problem}"));
        let Counted { version, mode, uptime_seconds, requests, refused, failed, mean_seconds, budget_refusals, signing_key_rotations } =
            &self.counted;
        let number = |count: &Option<u64>| count.map(|count| count.to_string());
        let told = [
            ("version", version.clone()),
            ("mode", mode.clone()),
            ("up for", uptime_seconds.map(|seconds| duration(Duration::from_secs(seconds)))),
            ("requests", number(requests)),
            ("  refused (4xx)", number(refused)),
            ("  failed (5xx)", number(failed)),
            ("  mean time", mean_seconds.map(|seconds| format!("{:.1} ms", seconds * 1000.0))),
            ("  over a budget", number(budget_refusals)),
            ("keys rotated", number(signing_key_rotations)),
        ];
        let certain = [("server", self.url.clone()), ("live", yes(self.live)), ("ready", ready)];
        let told = told.into_iter().filter_map(|(name, value)| Some((name, value?)));
        certain.into_iter().chain(told).map(|(name, value)| vec![name.to_owned(), value]).collect()
    }
}

/// The two largest units: `3 d 4 h`.
fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let largest = units.iter().position(|(count, _)| *count > 0).unwrap_or(units.len() - 1);
    units.iter().skip(largest).take(2).map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_by_their_whole_names() {
        let metrics = "# HELP passwright_requests_total Requests answered, by class of status.\n\
            passwright_build_info{mode=\"dev\",version=\"0.1.0\"} 1\nprocess_start_time_seconds 1800000000\n\
            passwright_requests_total{status=\"2xx\"} 8\npasswright_requests_total{status=\"5xx\"} 2\n\
            passwright_requests_total_of_another 100\n\
            passwright_request_seconds_bucket{le=\"0.1\"} 10\npasswright_request_seconds_sum 0.5\npasswright_request_seconds_count 10\n\
            passwright_budget_refusals_total{budget=\"a\"} 1\npasswright_budget_refusals_total{budget=\"b\"} 2\n";
        let expected = Counted {
            version: Some("0.1.0".to_owned()),
            mode: Some("dev".to_owned()),
            uptime_seconds: Some(90),
            requests: Some(10),
            refused: Some(0),
            failed: Some(2),
            mean_seconds: Some(0.05),
            budget_refusals: Some(3),
            signing_key_rotations: None,
        };
        assert_eq!(Counted::read(metrics, Timestamp::from_seconds(1_800_000_090)), expected);
        assert_eq!(Counted::read("<html>", Timestamp::from_seconds(0)), Counted::default());
    }

    #[test]
    fn a_duration_is_told_by_its_two_largest_units() {
        for (seconds, text) in [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h 0 min"), (100_000, "1 d 3 h")] {
            assert_eq!(duration(Duration::from_secs(seconds)), text);
        }
    }
}
