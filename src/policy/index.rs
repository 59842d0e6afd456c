//! Statements by the literal beginnings of their actions and resources: what a request cannot match is not looked at.
//!
//! Two radix trees, one in the other: the outer is keyed by the beginning of an action pattern (in lower case), the inner
//! by the beginning of a resource pattern. A request walks down its action, and from each node that holds statements down
//! its resource. What it meets are the statements whose literal beginnings are beginnings of the request's; each is then
//! matched in full, but for what the walk has proved already.

use std::ops::ControlFlow;

use super::ast::{Actions, Resources, Statement};
use super::pattern::{Pattern, Shape};

/// A statement's pairs of action and resource patterns beyond which it is filed once, and its lists are gone through: the
/// index, and a decision, stay linear in the size of the policy.
const MAX_PAIRS: usize = 256;

/// What is left to be matched of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remaining {
    /// Nothing: the walk has proved it.
    Proved,
    /// This pattern of the element.
    Pattern(u32),
    /// The whole element.
    Element,
}

/// A statement that a walk meets.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Its number.
    pub statement: u32,
    /// What is left of the action.
    pub action: Remaining,
    /// What is left of the resource.
    pub resource: Remaining,
}

/// The index.
#[derive(Debug, Default)]
pub struct Index {
    actions: Tree<Tree<Vec<Candidate>>>,
}

impl Index {
    /// Files a statement.
    pub fn insert(&mut self, number: u32, statement: &Statement) {
        let mut actions = match &statement.actions {
            Actions::Only(patterns) => file(patterns),
            Actions::AllBut(_) => vec![(Key::ROOT, Remaining::Element)],
        };
        let mut resources = match &statement.resources {
            None => vec![(Key::ROOT, Remaining::Proved)],
            Some(Resources::Only(patterns)) => file(patterns),
            Some(Resources::AllBut(_)) => vec![(Key::ROOT, Remaining::Element)],
        };
        if actions.len().saturating_mul(resources.len()) > MAX_PAIRS {
            for list in [&mut actions, &mut resources] {
                *list = vec![(Key { text: common_beginning(list), whole: false }, Remaining::Element)];
            }
        }
        for (action_key, action) in &actions {
            let by_resource = self.actions.slot(&action_key.text.to_ascii_lowercase(), action_key.whole);
            for (resource_key, resource) in &resources {
                let candidates = by_resource.slot(&resource_key.text, resource_key.whole);
                candidates.push(Candidate { statement: number, action: *action, resource: *resource });
            }
        }
    }

    /// Meets every statement that may match, some more than once, until `meet` breaks.
    pub fn walk(&self, action: &str, resource: &str, mut meet: impl FnMut(Candidate) -> ControlFlow<()>) -> ControlFlow<()> {
        self.actions.walk(action.as_bytes(), |byte| byte.to_ascii_lowercase(), &mut |by_resource| {
            by_resource.walk(resource.as_bytes(), |byte| byte, &mut |candidates| candidates.iter().try_for_each(|found| meet(*found)))
        })
    }
}

/// Where a pattern is filed: under a beginning, or under a whole text.
#[derive(Clone, Debug)]
struct Key {
    text: String,
    whole: bool,
}

impl Key {
    const ROOT: Self = Self { text: String::new(), whole: false };
}

fn file(patterns: &[Pattern]) -> Vec<(Key, Remaining)> {
    let numbered = (0_u32..).zip(patterns);
    let filed = numbered.map(|(number, pattern)| match pattern.shape() {
        // `${*}` is no `*`: see below.
        Shape::Exact(text) if text != "*" => (Key { text: text.to_owned(), whole: true }, Remaining::Proved),
        // A request without a resource is covered by `*` itself, and by no other pattern that matches everything.
        Shape::Prefix(text) if pattern.text() == "*" || !(text.is_empty() || text.starts_with('*')) => {
            (Key { text: text.to_owned(), whole: false }, Remaining::Proved)
        }
        Shape::Exact(text) => (Key { text: text.to_owned(), whole: true }, Remaining::Pattern(number)),
        Shape::Prefix(text) | Shape::Begins(text) => (Key { text: text.to_owned(), whole: false }, Remaining::Pattern(number)),
    });
    filed.collect()
}

/// What all of a list's literal beginnings begin with.
fn common_beginning(list: &[(Key, Remaining)]) -> String {
    let mut keys = list.iter().map(|(key, _)| key.text.as_str());
    let first = keys.next().unwrap_or_default();
    let shared = keys.fold(first.len(), |shared, text| {
        let same = first.bytes().zip(text.bytes()).take_while(|(left, right)| left.eq_ignore_ascii_case(right)).count();
        shared.min(same)
    });
    // Half a character, or letters in other capitals, are left to the lists themselves.
    let same_letters = list.iter().all(|(key, _)| key.text.get(..shared) == first.get(..shared));
    if same_letters { first.get(..shared).unwrap_or_default().to_owned() } else { String::new() }
}

/// A radix tree over bytes.
#[derive(Debug)]
struct Tree<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Debug)]
struct Node<T> {
    /// What leads here from the parent.
    label: Box<[u8]>,
    /// By the first byte of their labels, in order.
    children: Vec<(u8, u32)>,
    /// For texts that end here.
    whole: Option<T>,
    /// For texts that go through here.
    beginning: Option<T>,
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self { nodes: vec![Node::new(&[])] }
    }
}

impl<T> Node<T> {
    fn new(label: &[u8]) -> Self {
        Self { label: label.into(), children: Vec::new(), whole: None, beginning: None }
    }

    fn child(&self, byte: u8) -> Option<usize> {
        let at = self.children.binary_search_by_key(&byte, |(first, _)| *first).ok()?;
        self.children.get(at).map(|(_, node)| *node as usize)
    }
}

impl<T: Default> Tree<T> {
    fn slot(&mut self, text: &str, whole: bool) -> &mut T {
        let at = self.place(text.as_bytes());
        let last = self.nodes.len() - 1;
        // INVARIANT: `place` answers a node of this tree, which has one at least.
        #[expect(clippy::indexing_slicing, reason = "bounded by the line above")]
        let node = &mut self.nodes[at.min(last)];
        let slot = if whole { &mut node.whole } else { &mut node.beginning };
        slot.get_or_insert_default()
    }

    /// The node of a text, made where there is none.
    fn place(&mut self, mut rest: &[u8]) -> usize {
        let mut at = 0;
        while let Some(&first) = rest.first() {
            let Some(child) = self.nodes.get(at).and_then(|node| node.child(first)) else { return self.add(at, first, rest) };
            let label = self.nodes.get(child).map(|node| node.label.clone()).unwrap_or_default();
            let shared = label.iter().zip(rest).take_while(|(left, right)| left == right).count();
            if shared < label.len() {
                self.split(child, &label, shared);
            }
            rest = rest.get(shared..).unwrap_or_default();
            at = child;
        }
        at
    }

    fn add(&mut self, parent: usize, first: u8, label: &[u8]) -> usize {
        let number = self.nodes.len();
        self.nodes.push(Node::new(label));
        self.link(parent, first, number);
        number
    }

    /// The node keeps the first `shared` bytes of its label; what it held moves below it.
    fn split(&mut self, at: usize, label: &[u8], shared: usize) {
        let (Some(upper), Some(lower)) = (label.get(..shared), label.get(shared..)) else { return };
        let number = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else { return };
        let moved = std::mem::replace(node, Node::new(upper));
        self.nodes.push(Node { label: lower.into(), ..moved });
        if let Some(first) = lower.first() {
            self.link(at, *first, number);
        }
    }

    fn link(&mut self, parent: usize, first: u8, child: usize) {
        let Some(node) = self.nodes.get_mut(parent) else { return };
        let at = node.children.partition_point(|(byte, _)| *byte < first);
        // More nodes than this do not fit into memory: a policy set is bounded far below.
        node.children.insert(at, (first, u32::try_from(child).unwrap_or(u32::MAX)));
    }
}

impl<T> Tree<T> {
    /// Meets what is filed under the beginnings of `text` and under `text` itself.
    fn walk(&self, text: &[u8], fold: fn(u8) -> u8, meet: &mut impl FnMut(&T) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut rest = text;
        let mut next = self.nodes.first();
        while let Some(node) = next {
            if let Some(found) = &node.beginning {
                meet(found)?;
            }
            let Some(&first) = rest.first() else {
                return node.whole.as_ref().map_or(ControlFlow::Continue(()), meet);
            };
            next = node.child(fold(first)).and_then(|child| self.nodes.get(child));
            let Some(child) = next else { break };
            let Some((taken, after)) = rest.split_at_checked(child.label.len()) else { break };
            if !taken.iter().zip(&*child.label).all(|(byte, wanted)| fold(*byte) == *wanted) {
                break;
            }
            rest = after;
        }
        ControlFlow::Continue(())
    }
}
