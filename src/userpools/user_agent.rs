//! What a client calls itself, in the words that people know their devices by.

/// Names of browsers as they stand in a user agent, the more particular first: each claims to be those below it.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

/// Names of systems, the more particular first.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("macOS", "macOS"),
    ("Darwin", "macOS"),
    ("Linux", "Linux"),
];

/// How much is told, in characters.
const LONGEST: usize = 100;

/// What nothing is known of.
const UNKNOWN: &str = "unknown";

/// `Firefox 128, Windows`: browser or application, and system, as far as the user agent tells. What it tells is the client's own
/// word: it is shown, and what it does not tell raises no trust: a new one only makes a sign-in riskier.
#[must_use]
pub fn device_of(user_agent: Option<&str>) -> String {
    let text = user_agent.unwrap_or_default();
    let named = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| text.contains(mark)).copied().map(|(_, name)| name);
    let browser = BROWSERS.iter().find_map(|(mark, name)| Some(with_version(name, text.split_once(mark)?.1)));
    let application = browser.or_else(|| application(text));
    let parts: Vec<String> = application.into_iter().chain(named(&SYSTEMS).map(str::to_owned)).collect();
    if parts.is_empty() { UNKNOWN.to_owned() } else { parts.join(", ").chars().take(LONGEST).collect() }
}

fn with_version(name: &str, version: &str) -> String {
    let major: String = version.chars().take_while(char::is_ascii_digit).take(6).collect();
    if major.is_empty() { name.to_owned() } else { format!("{name} {major}") }
}

/// The first product of a user agent that is no browser's: `Boto3/1.34 …`.
fn application(text: &str) -> Option<String> {
    let (name, version) = text.split_whitespace().next()?.split_once('/')?;
    let is_name = !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character));
    is_name.then(|| with_version(name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_applications_and_systems_are_told_apart() {
        for (agent, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128, Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0",
                "Edge 126, Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                "Chrome 126, Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile Safari/604.1",
                "Safari 17, iOS",
            ),
            ("Boto3/1.34.1 md/Botocore#1.34.1 ua/2.0 os/linux", "Boto3 1"),
            ("curl/8.5.0", "curl 8"),
            ("<script>/1", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(device_of(Some(agent)), expected, "{agent}");
        }
        assert_eq!(device_of(None), "unknown");
        assert!(device_of(Some(&format!("{}/1", "x".repeat(5_000)))).chars().count() <= LONGEST);
    }
}
