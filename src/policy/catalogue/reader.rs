//! Reads the catalogue where it lies. Bytes that are no catalogue give fewer answers, never a panic.
//!
//! Layout (numbers little-endian): `PWC1`, then 11 offsets of 32 bits that bound these sections: offsets of words (24 bits
//! each, one more than there are words); the words; texts (a length byte, then words: one byte below 0x80, else two with the
//! first's top bit set, high byte first); offsets of sets (24 bits); sets (a count, then numbers, 16 bits each); rows of
//! services, actions, resource types and condition keys, sorted by their names in lower case (within the service);
//! numbers of the keys that have a variable part (16 bits). A service's actions and
//! resource types run from its first to the next service's first; a row without a service closes the list.

use std::cmp::Ordering;

use super::name::Name;

/// The sections in the order of the file.
#[derive(Clone, Copy)]
enum Section {
    WordOffsets,
    Words,
    Texts,
    SetOffsets,
    Sets,
    Services,
    Actions,
    Resources,
    Keys,
    PatternKeys,
}

/// What the source writes for a variable part where it does not write `${…}`: `secretsmanager:ResourceTag/tag-key`,
/// `glacier:ResourceTag/`.
const PLACEHOLDERS: [&str; 2] = ["tag-key", ""];

const SERVICE_ROW: usize = 13;
const ACTION_ROW: usize = 8;
const RESOURCE_ROW: usize = 8;
const KEY_ROW: usize = 4;

/// Services, actions, resource types and condition keys.
#[derive(Clone, Copy)]
pub struct Catalogue<'a> {
    sections: Sections<'a>,
}

/// A service, by the prefix of its actions.
#[derive(Clone, Copy)]
pub struct Service<'a> {
    sections: Sections<'a>,
    index: usize,
}

/// An action of a service.
#[derive(Clone, Copy)]
pub struct Action<'a> {
    sections: Sections<'a>,
    index: usize,
}

/// A type of resource of a service.
#[derive(Clone, Copy)]
pub struct ResourceType<'a> {
    sections: Sections<'a>,
    index: usize,
}

/// A condition key.
#[derive(Clone, Copy)]
pub struct ConditionKey<'a> {
    sections: Sections<'a>,
    index: usize,
}

/// What an action does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLevel {
    /// Reads its content.
    Read,
    /// Names it.
    List,
    /// Makes, changes or deletes it.
    Write,
    /// Changes its tags.
    Tagging,
    /// Changes who may use it.
    PermissionsManagement,
}

/// What a condition key's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// A text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A date or epoch seconds.
    Date,
    /// An address or a range.
    IpAddress,
    /// Base64.
    Binary,
}

impl<'a> Catalogue<'a> {
    /// Reads any bytes.
    #[must_use]
    pub const fn over(bytes: &'a [u8]) -> Self {
        Self { sections: Sections { bytes } }
    }

    /// Every service, by prefix.
    pub fn services(self) -> impl Iterator<Item = Service<'a>> {
        let sections = self.sections;
        (0..self.service_count()).map(move |index| Service { sections, index })
    }

    /// The service of a prefix, in any capitals.
    #[must_use]
    pub fn service(self, prefix: &str) -> Option<Service<'a>> {
        let at = |index| Service { sections: self.sections, index };
        search(0, self.service_count(), |index| Some(at(index).prefix()?.cmp_ignore_case(prefix))).map(at)
    }

    /// An action by prefix and name, in any capitals.
    #[must_use]
    pub fn action(self, prefix: &str, name: &str) -> Option<Action<'a>> {
        self.service(prefix)?.action(name)
    }

    /// A condition key by its name, in any capitals; a key with a variable part (`aws:RequestTag/${TagKey}`) by any name
    /// that fits it.
    #[must_use]
    pub fn condition_key(self, name: &str) -> Option<ConditionKey<'a>> {
        self.condition_keys(name).next()
    }

    /// Every condition key that a name fits: the source writes some twice, with `${TagKey}` and with another placeholder.
    pub fn condition_keys(self, name: &str) -> impl Iterator<Item = ConditionKey<'a>> {
        let at = move |index| ConditionKey { sections: self.sections, index };
        let patterns = self.sections.section(Section::PatternKeys).chunks_exact(2).map(move |pair| at(number(pair)));
        let fitting = patterns.filter(move |key| key.name().is_some_and(|pattern| fills(pattern, name)));
        let head = name.find('/').and_then(|slash| name.split_at_checked(slash + 1)).filter(|(_, tag)| !tag.is_empty());
        let open = head.into_iter().flat_map(|(head, _)| PLACEHOLDERS.map(|placeholder| format!("{head}{placeholder}")));
        let open = open.filter(move |other| !other.eq_ignore_ascii_case(name)).filter_map(move |name| self.exact_condition_key(&name));
        self.exact_condition_key(name).into_iter().chain(fitting).chain(open)
    }

    fn exact_condition_key(self, name: &str) -> Option<ConditionKey<'a>> {
        let at = |index| ConditionKey { sections: self.sections, index };
        let count = self.sections.section(Section::Keys).len() / KEY_ROW;
        search(0, count, |index| Some(at(index).name()?.cmp_ignore_case(name))).map(at)
    }

    /// Every `aws:` key that each request may have, by name.
    pub fn global_condition_keys(self) -> impl Iterator<Item = ConditionKey<'a>> {
        let sections = self.sections;
        let count = sections.section(Section::Keys).len() / KEY_ROW;
        (0..count).map(move |index| ConditionKey { sections, index }).filter(|key| key.is_global())
    }

    const fn service_count(self) -> usize {
        (self.sections.section(Section::Services).len() / SERVICE_ROW).saturating_sub(1)
    }
}

impl<'a> Service<'a> {
    /// What its actions begin with.
    #[must_use]
    pub fn prefix(self) -> Option<Name<'a>> {
        self.sections.text(number(self.row()?.get(..3)?))
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> Option<Name<'a>> {
        self.sections.text(number(self.row()?.get(3..6)?))
    }

    /// Whether resource control policies govern its resources.
    #[must_use]
    pub fn is_under_resource_control(self) -> bool {
        self.row().and_then(|row| row.get(12)).is_some_and(|flags| flags & 1 == 1)
    }

    /// Its actions, by name.
    pub fn actions(self) -> impl Iterator<Item = Action<'a>> {
        let (from, to) = self.bounds(6);
        (from..to).map(move |index| Action { sections: self.sections, index })
    }

    /// An action by its name, in any capitals.
    #[must_use]
    pub fn action(self, name: &str) -> Option<Action<'a>> {
        let (from, to) = self.bounds(6);
        let at = |index| Action { sections: self.sections, index };
        search(from, to, |index| Some(at(index).name()?.cmp_ignore_case(name))).map(at)
    }

    /// Its actions that a pattern with `*` and `?` fits, in any capitals.
    pub fn actions_matching<'p>(self, pattern: &'p str) -> impl Iterator<Item = Action<'a>> + use<'a, 'p> {
        let mut buffer = String::new();
        self.actions().filter(move |action| {
            action.name().is_some_and(|name| {
                name.write_to(&mut buffer);
                glob(pattern, &buffer)
            })
        })
    }

    /// Its resource types.
    pub fn resource_types(self) -> impl Iterator<Item = ResourceType<'a>> {
        let (from, to) = self.bounds(8);
        (from..to).map(move |index| ResourceType { sections: self.sections, index })
    }

    /// The condition keys that it sends.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey<'a>> {
        keys(self.sections, self.row(), 10)
    }

    fn row(self) -> Option<&'a [u8]> {
        self.sections.row(Section::Services, SERVICE_ROW, self.index)
    }

    fn bounds(self, column: usize) -> (usize, usize) {
        let first = |index| {
            let row = self.sections.row(Section::Services, SERVICE_ROW, index)?;
            Some(number(row.get(column..column + 2)?))
        };
        (first(self.index).unwrap_or(0), first(self.index + 1).unwrap_or(0))
    }
}

impl<'a> Action<'a> {
    /// Without the prefix.
    #[must_use]
    pub fn name(self) -> Option<Name<'a>> {
        self.sections.text(number(self.row()?.get(..3)?))
    }

    /// What it does to resources.
    #[must_use]
    pub fn access_level(self) -> Option<AccessLevel> {
        match self.row()?.get(3)? & 0x7f {
            0 => Some(AccessLevel::Read),
            1 => Some(AccessLevel::List),
            2 => Some(AccessLevel::Write),
            3 => Some(AccessLevel::Tagging),
            4 => Some(AccessLevel::PermissionsManagement),
            _ => None,
        }
    }

    /// Whether `*` is the one resource that it takes.
    #[must_use]
    pub fn is_wildcard_only(self) -> bool {
        self.row().and_then(|row| row.get(3)).is_some_and(|flags| flags & 0x80 != 0)
    }

    /// The types of resource that it takes, and whether each is required.
    pub fn resource_types(self) -> impl Iterator<Item = (ResourceType<'a>, bool)> {
        let sections = self.sections;
        let items = sections.set(self.row().and_then(|row| row.get(4..6)));
        items.map(move |item| (ResourceType { sections, index: item & 0x7fff }, item & 0x8000 != 0))
    }

    /// The condition keys that it sends, beside the global ones.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey<'a>> {
        keys(self.sections, self.row(), 6)
    }

    fn row(self) -> Option<&'a [u8]> {
        self.sections.row(Section::Actions, ACTION_ROW, self.index)
    }
}

impl<'a> ResourceType<'a> {
    /// AWS's name of it.
    #[must_use]
    pub fn name(self) -> Option<Name<'a>> {
        self.sections.text(number(self.row()?.get(..3)?))
    }

    /// Its ARN, with `${…}` for the parts that differ.
    #[must_use]
    pub fn arn(self) -> Option<Name<'a>> {
        self.sections.text(number(self.row()?.get(3..6)?))
    }

    /// The condition keys that are about it.
    pub fn condition_keys(self) -> impl Iterator<Item = ConditionKey<'a>> {
        keys(self.sections, self.row(), 6)
    }

    fn row(self) -> Option<&'a [u8]> {
        self.sections.row(Section::Resources, RESOURCE_ROW, self.index)
    }
}

/// Of one catalogue: the same key.
impl PartialEq for ConditionKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for ConditionKey<'_> {}

impl std::hash::Hash for ConditionKey<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl<'a> ConditionKey<'a> {
    /// As AWS writes it, with `${…}` for a part that the policy's author fills in.
    #[must_use]
    pub fn name(self) -> Option<Name<'a>> {
        self.sections.text(number(self.row()?.get(..3)?))
    }

    /// What its values are.
    #[must_use]
    pub fn key_type(self) -> Option<KeyType> {
        match self.flags() & 0x3f {
            0 => Some(KeyType::String),
            1 => Some(KeyType::Arn),
            2 => Some(KeyType::Bool),
            3 => Some(KeyType::Numeric),
            4 => Some(KeyType::Date),
            5 => Some(KeyType::IpAddress),
            6 => Some(KeyType::Binary),
            _ => None,
        }
    }

    /// Whether a request may have several values of it.
    #[must_use]
    pub fn is_multi_valued(self) -> bool {
        self.flags() & 0x40 != 0
    }

    /// Whether it is one of the `aws:` keys that do not belong to a service.
    #[must_use]
    pub fn is_global(self) -> bool {
        self.flags() & 0x80 != 0
    }

    fn flags(self) -> u8 {
        self.row().and_then(|row| row.get(3)).copied().unwrap_or(0)
    }

    fn row(self) -> Option<&'a [u8]> {
        self.sections.row(Section::Keys, KEY_ROW, self.index)
    }
}

/// The file, cut by its header.
#[derive(Clone, Copy)]
pub(super) struct Sections<'a> {
    bytes: &'a [u8],
}

impl<'a> Sections<'a> {
    const fn section(self, section: Section) -> &'a [u8] {
        let at = 4 + 4 * section as usize;
        let (Some(from), Some(to)) = (self.offset(at), self.offset(at + 4)) else { return &[] };
        let Some((_, rest)) = self.bytes.split_at_checked(from) else { return &[] };
        let Some(length) = to.checked_sub(from) else { return &[] };
        match rest.split_at_checked(length) {
            Some((section, _)) => section,
            None => &[],
        }
    }

    const fn offset(self, at: usize) -> Option<usize> {
        let Some((_, rest)) = self.bytes.split_at_checked(at) else { return None };
        match rest.first_chunk::<4>() {
            Some(four) => Some(u32::from_le_bytes(*four) as usize),
            None => None,
        }
    }

    fn row(self, section: Section, width: usize, index: usize) -> Option<&'a [u8]> {
        let from = index.checked_mul(width)?;
        self.section(section).get(from..from.checked_add(width)?)
    }

    fn text(self, at: usize) -> Option<Name<'a>> {
        let (length, rest) = self.section(Section::Texts).get(at..)?.split_first()?;
        Some(Name { sections: self, codes: rest.get(..usize::from(*length))? })
    }

    pub(super) fn word(self, index: usize) -> Option<&'a str> {
        let offset = |index| Some(number(self.row(Section::WordOffsets, 3, index)?));
        std::str::from_utf8(self.section(Section::Words).get(offset(index)?..offset(index + 1)?)?).ok()
    }

    /// The numbers of a set; none of a set that is not there.
    fn set(self, reference: Option<&[u8]>) -> impl Iterator<Item = usize> + use<'a> {
        let find = || {
            let at = number(self.row(Section::SetOffsets, 3, number(reference?))?);
            let (count, rest) = self.section(Section::Sets).get(at..)?.split_at_checked(2)?;
            rest.get(..2 * number(count))
        };
        find().unwrap_or_default().chunks_exact(2).map(number)
    }
}

fn keys<'a>(sections: Sections<'a>, row: Option<&'a [u8]>, column: usize) -> impl Iterator<Item = ConditionKey<'a>> + use<'a> {
    sections.set(row.and_then(|row| row.get(column..column + 2))).map(move |index| ConditionKey { sections, index })
}

/// Of up to three bytes, the low one first.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Binary search over rows; a row without a name ends it.
fn search(mut from: usize, mut to: usize, compare: impl Fn(usize) -> Option<Ordering>) -> Option<usize> {
    while from < to {
        let middle = from.midpoint(to);
        match compare(middle)? {
            Ordering::Less => from = middle + 1,
            Ordering::Greater => to = middle,
            Ordering::Equal => return Some(middle),
        }
    }
    None
}

/// Whether a name is a pattern's, with something in place of each `${…}`.
fn fills(pattern: Name, name: &str) -> bool {
    let mut rest = name;
    let mut open = false;
    for word in pattern.words() {
        if word.starts_with("${") {
            open = true;
        } else if open {
            // What fills a variable is not empty, and ends at the first place where the pattern goes on.
            let from = rest.chars().next().map_or(0, char::len_utf8);
            let Some(at) = rest.get(from..).and_then(|rest| find_ignore_case(rest, word)) else { return false };
            rest = rest.get(from + at + word.len()..).unwrap_or_default();
            open = false;
        } else {
            let Some((head, tail)) = rest.split_at_checked(word.len()) else { return false };
            if !head.eq_ignore_ascii_case(word) {
                return false;
            }
            rest = tail;
        }
    }
    if open { !rest.is_empty() } else { rest.is_empty() }
}

fn find_ignore_case(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len().max(1)).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// `*` and `?`, in any capitals, in pattern times text steps at worst.
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}
