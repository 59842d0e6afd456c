//! What one client address may do in a while, what may be guessed at one pool, and sent by it and to one destination, so that anonymous
//! calls are bounded; and how many requests an account has. Messages to a destination are counted by the database for all nodes, the rest
//! by each node for itself.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::kit::budget::Budget;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UserPoolId};

/// What a refused sign-in costs its address at a pool that is guessed at.
const PRESSED_COST: u32 = 10;

/// What is bounded for one client address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PerAddress {
    /// Sign-ups, and their codes asked for again, and registrations of clients that nobody vouches for, whatever becomes of them.
    SignUps,
    /// Sign-ins, answers to their challenges and confirmations of sign-ups, that were refused.
    RefusedSignIns,
    /// New identities of guests.
    GuestIdentities,
    /// Browsers that leave for another provider, and devices that wait for somebody: each is remembered until it is back or over.
    Departures,
}

/// On which occasion a pool sends a message. SECURITY: each has a budget of its own, so that no number of strangers who sign up keeps
/// users from their codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// A sign-in, or a word of an administrator's.
    SignIn,
    /// All else that somebody asks for: sign-ups, resets, addresses to be verified.
    Asking,
}

/// What a step that was refused may have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// No guess: something else is wrong.
    No,
    /// A guess, at no pool that is known.
    Somewhere,
    /// A guess at a pool's users.
    At(UserPoolId),
}

/// How much of each; 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In ten minutes.
    pub sign_ups: u32,
    /// In five minutes.
    pub refused_sign_ins: u32,
    /// At one pool, from all addresses, in five minutes.
    pub refused_sign_ins_of_pool: u32,
    /// In a minute.
    pub guest_identities: u32,
    /// In five minutes.
    pub departures: u32,
    /// To one destination, in an hour. The database counts these, for every node.
    pub messages: u32,
    /// Of one pool, on each occasion, in an hour.
    pub emails_of_pool: u32,
    /// Of one pool, on each occasion, in an hour.
    pub sms_of_pool: u32,
}

/// The budgets of a node.
pub struct Budgets {
    sign_ups: Budget<IpAddr>,
    refused_sign_ins: Budget<IpAddr>,
    /// What a pool may have before it is guessed at, on all nodes.
    refused_sign_ins_of_pool: Budget<UserPoolId>,
    guest_identities: Budget<IpAddr>,
    departures: Budget<IpAddr>,
    /// By account, region and category.
    requests: Budget<(AccountId, String, &'static str)>,
    /// How many nodes there are, as far as this one knows.
    nodes: AtomicU32,
    /// Messages to one destination an hour; 0 is no limit.
    pub messages: u32,
    refused_messages: AtomicU64,
    /// What a pool may send on each occasion, on all nodes.
    emails_of_pool: Budget<(UserPoolId, Occasion)>,
    sms_of_pool: Budget<(UserPoolId, Occasion)>,
}

impl Budgets {
    /// Budgets of these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Self {
            sign_ups: Budget::new(limits.sign_ups, minutes(10)),
            refused_sign_ins: Budget::new(limits.refused_sign_ins, minutes(5)),
            refused_sign_ins_of_pool: Budget::new(limits.refused_sign_ins_of_pool, minutes(5)),
            guest_identities: Budget::new(limits.guest_identities, minutes(1)),
            departures: Budget::new(limits.departures, minutes(5)),
            requests: Budget::new(0, Duration::from_secs(1)),
            nodes: AtomicU32::new(1),
            messages: limits.messages,
            refused_messages: AtomicU64::new(0),
            emails_of_pool: Budget::new(limits.emails_of_pool, minutes(60)),
            sms_of_pool: Budget::new(limits.sms_of_pool, minutes(60)),
        }
    }

    /// Spends one of an address's; `false` where none is left. A request whose address is not known shares one budget with all
    /// the others.
    #[must_use]
    pub fn spend(&self, of: PerAddress, address: Option<IpAddr>, now: Timestamp) -> bool {
        self.budget(of).spend(&network(address), now)
    }

    /// Gives one back: it was not refused after all.
    fn give_back(&self, of: PerAddress, address: Option<IpAddr>) {
        self.budget(of).give_back(&network(address));
    }

    /// Takes a step that an address may be guessing by; `None` where nothing is left to it. SECURITY: it is paid for before it is
    /// known what becomes of it, so that a burst gets no more than its share; what was no guess is given back.
    pub async fn guess<T, E>(
        &self,
        address: Option<IpAddr>,
        now: Timestamp,
        step: impl Future<Output = Result<T, E>>,
        judge: impl AsyncFnOnce(&E) -> Guess,
    ) -> Option<Result<T, E>> {
        if !self.spend(PerAddress::RefusedSignIns, address, now) {
            return None;
        }
        let outcome = step.await;
        let guess = match &outcome {
            Ok(_) => Guess::No,
            Err(refused) => judge(refused).await,
        };
        match guess {
            Guess::No => self.give_back(PerAddress::RefusedSignIns, address),
            Guess::Somewhere => {}
            Guess::At(pool_id) => self.sign_in_refused(&pool_id, address, now),
        }
        Some(outcome)
    }

    /// Notes that a sign-in at a pool, whose cost its address has paid, was refused. At a pool that has had more of them than it may
    /// have, the address pays ten times as much.
    ///
    /// SECURITY: who guesses one password for many users from many addresses stays below the budget of each user and each address.
    /// Nobody is refused for what others do, so that no stranger can lock a pool's users out.
    fn sign_in_refused(&self, pool_id: &UserPoolId, address: Option<IpAddr>, now: Timestamp) {
        let budget = &self.refused_sign_ins_of_pool;
        if !budget.spend_within(pool_id, self.share(budget.limit()), now) {
            self.refused_sign_ins.charge(&network(address), PRESSED_COST - 1, now);
        }
    }

    /// Spends one of an account's requests of a category in a region, of which it has so many a second; `false` where none is
    /// left. Each node gives its share of them, for requests come to all nodes alike.
    #[must_use]
    pub fn spend_request(&self, of: (&AccountId, &str, &'static str), a_second: u32, now: Timestamp) -> bool {
        let (account_id, region, category) = of;
        self.requests.spend_within(&(account_id.clone(), region.to_owned(), category), self.share(a_second), now)
    }

    /// Spends one of a pool's messages by a channel (`email`, `sms`). Each node gives its share.
    ///
    /// SECURITY: whoever makes a pool send to numbers that pay them (SMS pumping) spreads it over destinations and client addresses; what
    /// it costs the pool's owner is bounded all the same.
    #[must_use]
    pub fn spend_message(&self, pool_id: &UserPoolId, channel: &str, occasion: Occasion, now: Timestamp) -> bool {
        let budget = if channel == "sms" { &self.sms_of_pool } else { &self.emails_of_pool };
        budget.spend_within(&(pool_id.clone(), occasion), self.share(budget.limit()), now)
    }

    /// This node's share of what all nodes have.
    fn share(&self, of_all: u32) -> u32 {
        of_all.div_ceil(self.nodes.load(Ordering::Relaxed).max(1))
    }

    /// Notes how many nodes there are.
    pub fn note_nodes(&self, nodes: usize) {
        self.nodes.store(u32::try_from(nodes).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// Notes that a message was refused.
    pub fn message_refused(&self) {
        self.refused_messages.fetch_add(1, Ordering::Relaxed);
    }

    /// How often each refused, by the name that metrics have for it.
    #[must_use]
    pub fn refusals(&self) -> [(&'static str, u64); 9] {
        [
            ("sign_ups", self.sign_ups.refused()),
            ("refused_sign_ins", self.refused_sign_ins.refused()),
            ("refused_sign_ins_of_pool", self.refused_sign_ins_of_pool.refused()),
            ("guest_identities", self.guest_identities.refused()),
            ("departures", self.departures.refused()),
            ("requests", self.requests.refused()),
            ("messages", self.refused_messages.load(Ordering::Relaxed)),
            ("emails_of_pool", self.emails_of_pool.refused()),
            ("sms_of_pool", self.sms_of_pool.refused()),
        ]
    }

    const fn budget(&self, of: PerAddress) -> &Budget<IpAddr> {
        match of {
            PerAddress::SignUps => &self.sign_ups,
            PerAddress::RefusedSignIns => &self.refused_sign_ins,
            PerAddress::GuestIdentities => &self.guest_identities,
            PerAddress::Departures => &self.departures,
        }
    }
}

/// SECURITY: whoever has one IPv6 address has its whole /64 (RFC 6177), so that is what counts as one.
fn network(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        Some(address) => address,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_ipv6_network_are_one_and_others_are_not_touched() {
        let budgets = Budgets::new(Limits { sign_ups: 1, ..Limits::default() });
        let spends = |address: &str| budgets.spend(PerAddress::SignUps, address.parse().ok(), Timestamp::default());
        for (address, expected) in [
            ("2001:db8::1", true),
            ("2001:db8::ffff:1", false),
            ("2001:db8:0:1::1", true),
            ("203.0.113.1", true),
            ("::ffff:203.0.113.1", false),
            ("203.0.113.2", true),
        ] {
            assert_eq!(spends(address), expected, "{address}");
        }
        assert!(budgets.spend(PerAddress::RefusedSignIns, None, Timestamp::default()));
        assert_eq!(budgets.refusals()[0], ("sign_ups", 2));
    }

    #[test]
    fn at_a_pool_that_is_guessed_at_each_guess_costs_its_address_ten_and_nobody_else() {
        let budgets = Budgets::new(Limits { refused_sign_ins: 20, refused_sign_ins_of_pool: 3, ..Limits::default() });
        let pool = UserPoolId::from("us-east-1_a");
        let guesses = |pool: &UserPoolId, address: &str| {
            let (address, now) = (address.parse().ok(), Timestamp::default());
            let guess = || budgets.spend(PerAddress::RefusedSignIns, address, now).then(|| budgets.sign_in_refused(pool, address, now));
            (0..100).filter_map(|_| guess()).count()
        };
        assert_eq!(guesses(&pool, "203.0.113.1"), 5, "three at the price of one, one of ten, and one with what was left");
        assert_eq!(guesses(&pool, "203.0.113.2"), 2);
        assert_eq!(guesses(&UserPoolId::from("us-east-1_b"), "203.0.113.3"), 5, "another pool");
    }

    #[test]
    fn a_pool_sends_so_many_by_each_channel_and_on_each_occasion_on_all_nodes() {
        use Occasion::{Asking, SignIn};
        let budgets = Budgets::new(Limits { emails_of_pool: 10, sms_of_pool: 4, ..Limits::default() });
        let count = |pool: &str, channel: &str, occasion: Occasion| {
            (0..20).filter(|_| budgets.spend_message(&UserPoolId::from(pool), channel, occasion, Timestamp::default())).count()
        };
        assert_eq!((count("a", "sms", Asking), count("a", "sms", SignIn), count("a", "sms", Asking)), (4, 4, 0));
        assert_eq!((count("a", "email", Asking), count("b", "sms", Asking)), (10, 4));
        budgets.note_nodes(2);
        assert_eq!(count("c", "sms", Asking), 2, "the other node gives the rest");
        assert_eq!(budgets.refusals()[8], ("sms_of_pool", 16 + 16 + 20 + 16 + 18));
    }

    #[test]
    fn nodes_share_what_an_account_has_of_a_category_and_accounts_and_regions_share_nothing() {
        let budgets = Budgets::new(Limits::default());
        let spent = |account: &str, region: &str, category: &'static str| {
            let account = AccountId::from(account);
            (0..100).filter(|_| budgets.spend_request((&account, region, category), 50, Timestamp::default())).count()
        };
        assert_eq!((spent("1", "a", "UserRead"), spent("1", "b", "UserRead"), spent("2", "a", "UserRead")), (50, 50, 50));
        budgets.note_nodes(3);
        assert_eq!((spent("1", "a", "UserToken"), spent("1", "a", "UserRead")), (17, 0));
    }
}
