//! Chance that can be thrown again.
//!
//! A story is worth telling twice only if it goes the same way twice, so every draw of a scenario
//! comes from here and begins with a number that the caller chose. The generator is SplitMix64
//! (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): a counter that
//! grows by a fixed odd number and is mixed by two multiplications. It is small enough to be read
//! and must never be changed: figures in reports name their seed, and the same seed gives the same
//! draws for ever. It keeps no secret; keys and identifiers come from elsewhere.
//!
//! Whole numbers are the same on every machine. What goes through a logarithm
//! ([`Dice::exponential`]) is the same up to the last bit, so round it before it is compared.

/// One stream of draws.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The stream `name` of `seed`. Streams do not disturb each other: a new draw for the contacts
    /// moves no address.
    pub fn named(seed: u64, name: &str) -> Self {
        // FNV-1a, so that the stream depends on the letters of the name and on nothing else.
        let name = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { state: Self::new(seed).draw() ^ name }
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to and without `bound`, each equally likely; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let Ok(bound) = u64::try_from(bound) else { return 0 };
        if bound == 0 {
            return 0;
        }
        // The last stretch of draws is shorter than the others and would favour small numbers.
        let fair = u64::MAX - u64::MAX % bound;
        let drawn = loop {
            let drawn = self.draw();
            if drawn < fair {
                break drawn % bound;
            }
        };
        usize::try_from(drawn).unwrap_or(0)
    }

    /// A fraction from 0 up to and without 1, in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        let steps = (self.draw() >> 11) as f64;
        steps / 9_007_199_254_740_992.0
    }

    /// Whether something happens that happens in this share of all cases, 0 to 1.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of `choices`.
    ///
    /// # Panics
    /// When there is nothing to choose from.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Puts `cards` in an order of which each is equally likely.
    pub fn shuffle<T>(&mut self, cards: &mut [T]) {
        for last in (1..cards.len()).rev() {
            cards.swap(last, self.below(last + 1));
        }
    }

    /// A waiting time with this mean, in the unit of the mean, by inverse transform.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Deals `count` cards of which each kind has its share, exactly, in an order that is drawn.
    ///
    /// Shares are weights; they need not add up to 1. What rounding leaves over goes to the kinds
    /// with the largest remainder, the first of equals.
    pub fn deal<T: Copy>(&mut self, count: usize, shares: &[(T, f64)]) -> Vec<T> {
        let total: f64 = shares.iter().map(|(_, share)| share).sum();
        #[expect(clippy::cast_possible_truncation, reason = "the floor of a share of a count")]
        let dealt = |share: f64| {
            let exact = share / total * count as f64;
            (exact.floor() as usize, exact.fract())
        };
        let mut piles: Vec<(T, usize, f64)> =
            shares.iter().map(|(kind, share)| (*kind, dealt(*share).0, dealt(*share).1)).collect();
        let mut order: Vec<usize> = (0..piles.len()).collect();
        order.sort_by(|one, other| piles[*other].2.total_cmp(&piles[*one].2));
        let left = count - piles.iter().map(|pile| pile.1).sum::<usize>().min(count);
        for pile in order.into_iter().cycle().take(left) {
            piles[pile].1 += 1;
        }
        let mut cards: Vec<T> =
            piles.into_iter().flat_map(|(kind, many, _)| std::iter::repeat_n(kind, many)).collect();
        self.shuffle(&mut cards);
        cards
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_draws_for_ever() {
        // The first draws of SplitMix64 for 1234567 as its authors' reference program prints them.
        let mut dice = Dice::new(1_234_567);
        let draws = [dice.draw(), dice.draw(), dice.draw(), dice.draw(), dice.draw()];
        assert_eq!(
            draws,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
        assert_eq!(Dice::named(1, "contacts").draw(), 2_788_142_658_894_755_830);
        assert_eq!(Dice::named(1, "addresses").draw(), 4_410_703_556_589_240_308);
    }

    #[test]
    fn a_die_has_six_sides_of_which_none_is_heavier() {
        let mut dice = Dice::new(6);
        let mut sides = [0_u32; 6];
        for _ in 0..60_000 {
            sides[dice.below(6)] += 1;
        }
        assert!(sides.iter().all(|side| (9_700..10_300).contains(side)), "{sides:?}");
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.below(1), 0);
    }

    #[test]
    fn a_shuffled_deck_has_lost_no_card() {
        let mut deck: Vec<u8> = (0..52).collect();
        Dice::new(52).shuffle(&mut deck);
        assert_ne!(deck, (0..52).collect::<Vec<u8>>());
        deck.sort_unstable();
        assert_eq!(deck, (0..52).collect::<Vec<u8>>());
    }

    #[test]
    fn waiting_times_have_the_mean_that_was_asked() {
        let mut dice = Dice::new(3);
        let mean = (0..50_000).map(|_| dice.exponential(4.0)).sum::<f64>() / 50_000.0;
        assert!((3.9..4.1).contains(&mean), "{mean}");
    }

    #[test]
    fn what_is_seldom_happens_seldom() {
        let mut dice = Dice::new(9);
        let often = (0..10_000).filter(|_| dice.chance(0.15)).count();
        assert!((1_400..1_600).contains(&often), "{often}");
        assert!(!Dice::new(1).chance(0.0) && Dice::new(1).chance(1.0));
    }

    #[test]
    fn shares_are_dealt_exactly_and_the_rest_goes_to_the_largest_remainder() {
        let cards = Dice::new(1).deal(640, &[('v', 0.70), ('s', 0.15), ('n', 0.15)]);
        let many = |kind| cards.iter().filter(|card| **card == kind).count();
        assert_eq!((many('v'), many('s'), many('n')), (448, 96, 96));
        assert_eq!(Dice::new(1).deal(1, &[('a', 1.0), ('b', 2.0)]), ['b']);
        assert!(Dice::new(1).deal(0, &[('a', 1.0)]).is_empty());
        assert_eq!(Dice::new(1).deal(7, &[('a', 1.0), ('b', 1.0), ('c', 1.0)]).len(), 7);
    }

    #[test]
    fn the_dice_pick_from_what_there_is() {
        let picked = *Dice::new(5).pick(&["kolk", "wiel", "zijl"]);
        assert!(["kolk", "wiel", "zijl"].contains(&picked));
    }
}
