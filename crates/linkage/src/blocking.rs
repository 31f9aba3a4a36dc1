//! Which pairs are compared at all: those that share a key of one of several passes. Each pass
//! stands a different kind of error, and a block of too many persons is left out and counted, so
//! that cost grows with the persons and not with their square.

use kernel::identity::Sex;
use serde::Serialize;

use crate::fields::Field;
use crate::hash;
use crate::person::Prepared;

/// A way in which two records of one person may still agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// A number.
    Identifier,
    /// A telephone.
    Phone,
    /// The sounds of the name in any order, and the birth year.
    NameYear,
    /// The sounds of the name, month and day in any order: a wrong year, or day and month exchanged.
    NameMonthDay,
    /// Birth date and the sound of the family name.
    BirthFamily,
    /// Birth date and the sound of the given name.
    BirthGiven,
    /// The sounds of the name, and the place: the birth date may be quite wrong.
    NamePlace,
    /// Birth date, sex and the place: the name may be quite wrong.
    BirthPlace,
    /// The same door.
    Home,
    /// The sound of the given name, and the place.
    GivenPlace,
    /// The street and the sound of the family name; useful where streets have names.
    StreetFamily,
    /// The number of the house and the sound of the given name.
    DoorGiven,
    /// The number of the house and the sound of the family name.
    DoorFamily,
    /// The sound of the family name, and the place.
    FamilyPlace,
    /// The birth date alone, while there are not too many of one day.
    Birth,
}

impl Pass {
    /// Every pass.
    pub const ALL: [Self; 15] = [
        Self::Identifier,
        Self::Phone,
        Self::NameYear,
        Self::NameMonthDay,
        Self::BirthFamily,
        Self::BirthGiven,
        Self::NamePlace,
        Self::BirthPlace,
        Self::Home,
        Self::GivenPlace,
        Self::StreetFamily,
        Self::DoorGiven,
        Self::DoorFamily,
        Self::FamilyPlace,
        Self::Birth,
    ];

    /// Passes from which the weights of the other fields are learnt. Not those by telephone or
    /// home: a household would teach that two persons often agree.
    pub(crate) const LEARNT_FROM: [Self; 5] = [
        Self::Identifier,
        Self::NameYear,
        Self::NamePlace,
        Self::BirthFamily,
        Self::BirthGiven,
    ];

    /// The fields that agree because the key does.
    pub(crate) const fn fields(self) -> &'static [Field] {
        match self {
            Self::Identifier => &[Field::ResidentId, Field::OtherId],
            Self::Phone => &[Field::Phone],
            Self::NameYear | Self::NameMonthDay => &[Field::Family, Field::Given, Field::Birth],
            Self::BirthFamily => &[Field::Birth, Field::Family],
            Self::BirthGiven => &[Field::Birth, Field::Given],
            Self::NamePlace => &[
                Field::Family,
                Field::Given,
                Field::Locality,
                Field::Postcode,
            ],
            Self::BirthPlace => &[Field::Birth, Field::Sex, Field::Locality, Field::Postcode],
            Self::Home => &[Field::Locality, Field::Street, Field::Postcode],
            Self::GivenPlace => &[Field::Given, Field::Locality, Field::Postcode],
            Self::StreetFamily => &[Field::Family, Field::Street],
            Self::DoorGiven => &[Field::Given, Field::Street],
            Self::DoorFamily => &[Field::Family, Field::Street],
            Self::FamilyPlace => &[Field::Family, Field::Locality, Field::Postcode],
            Self::Birth => &[Field::Birth],
        }
    }

    /// Persons a block of this pass may have where the strongest passes may have `block_max`: what
    /// says less about a person must be rarer to be worth comparing.
    pub const fn block_max(self, block_max: u32) -> u32 {
        match self {
            Self::GivenPlace
            | Self::StreetFamily
            | Self::DoorGiven
            | Self::DoorFamily
            | Self::FamilyPlace
            | Self::Birth => block_max / 4,
            _ => block_max,
        }
    }
}

/// Where the number of the pass lies in a key.
const PASS_SHIFT: u32 = 60;

/// A key of a person: the pass, and a hash of what it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

impl Key {
    fn new(pass: Pass, of: u64) -> Self {
        Self((pass as u64) << PASS_SHIFT | of >> (64 - PASS_SHIFT))
    }

    /// Sixteen letters and digits, the same for ever: what a database's index of keys holds.
    pub fn text(self) -> String {
        format!("{:016x}", self.0)
    }

    /// Its pass.
    pub fn pass(self) -> Pass {
        Pass::ALL[usize::try_from(self.0 >> PASS_SHIFT).unwrap_or(0) % Pass::ALL.len()]
    }
}

/// All keys of a person, in order, each once.
pub fn keys(person: &Prepared) -> Vec<Key> {
    let mut keys = Vec::with_capacity(16);
    if let Some(number) = &person.resident_id {
        let of = hash::pair(1, hash::text(number));
        keys.push(Key::new(Pass::Identifier, of));
    }
    for (kind, number) in &person.identifiers {
        let of = hash::pair(*kind, hash::text(number));
        keys.push(Key::new(Pass::Identifier, of));
    }
    for phone in &person.phones {
        keys.push(Key::new(Pass::Phone, hash::mix(*phone)));
    }
    let birth = person.birth_hash();
    let place = match (person.postcode.is_empty(), person.locality.is_empty()) {
        (false, _) => Some(hash::text(&person.postcode)),
        (true, false) => Some(hash::text(&person.locality)),
        (true, true) => None,
    };
    for name in &person.names {
        if let Some(date) = person.birth {
            let year = u64::from(date.year.unsigned_abs());
            keys.push(Key::new(Pass::NameYear, hash::pair(name.bag, year)));
            let (low, high) = (date.month.min(date.day), date.month.max(date.day));
            let days = u64::from(low) << 8 | u64::from(high);
            keys.push(Key::new(Pass::NameMonthDay, hash::pair(name.bag, days)));
        }
        if let Some(birth) = birth {
            let family = (!name.family.text.is_empty()).then_some(name.family.confusable);
            let given = (!name.given.text.is_empty()).then_some(name.given.confusable);
            let with = |sound: Option<u64>| sound.map(|sound| hash::pair(birth, sound));
            keys.extend(with(family).map(|of| Key::new(Pass::BirthFamily, of)));
            keys.extend(with(given).map(|of| Key::new(Pass::BirthGiven, of)));
        }
        if let Some(place) = place {
            keys.push(Key::new(Pass::NamePlace, hash::pair(name.bag, place)));
        }
    }
    if let (Some(birth), Some(place)) = (birth, place) {
        let sex = u64::from(person.sex == Some(Sex::Male));
        let of = hash::pair(hash::pair(birth, sex), place);
        keys.push(Key::new(Pass::BirthPlace, of));
    }
    keys.extend(birth.map(|birth| Key::new(Pass::Birth, birth)));
    keys_of_home(person, place, &mut keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn keys_of_home(person: &Prepared, place: Option<u64>, keys: &mut Vec<Key>) {
    let (street, house) = (hash::text(&person.street), hash::text(&person.house));
    if let (Some(place), false) = (place, person.house.is_empty()) {
        let of = hash::pair(hash::pair(street, house), place);
        keys.push(Key::new(Pass::Home, of));
    }
    for name in &person.names {
        let family = (!name.family.text.is_empty()).then_some(name.family.confusable);
        let given = (!name.given.text.is_empty()).then_some(name.given.confusable);
        let street = (!person.street.is_empty()).then_some(street);
        let house = (!person.house.is_empty()).then_some(house);
        for (pass, where_, who) in [
            (Pass::StreetFamily, street, family),
            (Pass::DoorGiven, house, given),
            (Pass::DoorFamily, house, family),
            (Pass::GivenPlace, place, given),
            (Pass::FamilyPlace, place, family),
        ] {
            if let (Some(where_), Some(who)) = (where_, who) {
                keys.push(Key::new(pass, hash::pair(where_, who)));
            }
        }
    }
}

/// Blocks of a pass that had too many persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Which pass.
    pub pass: Pass,
    /// Blocks left out.
    pub blocks: u64,
    /// Persons in them (a person may be in several).
    pub persons: u64,
}

/// The persons of a batch by their keys.
pub struct Blocks {
    /// Key and person, in order.
    entries: Vec<(Key, u32)>,
    /// Where the blocks of at least two and not too many begin, and how many persons each has.
    blocks: Vec<(u32, u32)>,
    /// Keys of each person that stand for a block in use, in order, one person after another.
    keys: Vec<Key>,
    starts: Vec<u32>,
    /// Only pairs of one person before this place and one from it on.
    split_at: Option<u32>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// Persons a batch may have.
pub const PERSONS_MAX: usize = 50_000_000;

impl Blocks {
    /// Groups persons; a block of more than `block_max` is left out. With `split_at`, two lists
    /// stand one after the other and only pairs across them count.
    ///
    /// # Panics
    /// Beyond [`PERSONS_MAX`].
    pub fn new(persons: &[Prepared], block_max: u32, split_at: Option<usize>) -> Self {
        assert!(persons.len() <= PERSONS_MAX, "a batch has a limit");
        let number = |at: usize| u32::try_from(at).expect("below PERSONS_MAX");
        let mut entries: Vec<(Key, u32)> = Vec::with_capacity(persons.len() * 10);
        for (at, person) in persons.iter().enumerate() {
            entries.extend(keys(person).into_iter().map(|key| (key, number(at))));
        }
        entries.sort_unstable();
        let (mut blocks, mut skipped) = (Vec::new(), Vec::new());
        let mut used = vec![0_u32; persons.len() + 1];
        let mut start = 0;
        for block in entries.chunk_by(|a, b| a.0 == b.0) {
            let pass = block[0].0.pass();
            if block.len() > pass.block_max(block_max) as usize {
                note_skipped(&mut skipped, pass, block.len());
            } else if block.len() > 1 {
                blocks.push((number(start), number(block.len())));
                for (_, person) in block {
                    used[*person as usize + 1] += 1;
                }
            }
            start += block.len();
        }
        for at in 1..used.len() {
            used[at] += used[at - 1];
        }
        let starts = used;
        let mut next = starts.clone();
        let mut keys = vec![Key(0); starts.last().copied().unwrap_or(0) as usize];
        for &(from, len) in &blocks {
            for (key, person) in &entries[from as usize..(from + len) as usize] {
                keys[next[*person as usize] as usize] = *key;
                next[*person as usize] += 1;
            }
        }
        Self {
            entries,
            blocks,
            keys,
            starts,
            split_at: split_at.map(number),
            skipped,
        }
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Where the second of two lists begins.
    pub(crate) const fn split_at(&self) -> Option<u32> {
        self.split_at
    }

    /// Pairs of a block, those within one list too.
    pub(crate) fn pairs_at_most(&self, block: usize) -> usize {
        let len = self.blocks[block].1 as usize;
        len * (len - 1) / 2
    }

    /// The pass of a block.
    pub(crate) fn pass_of(&self, block: usize) -> Pass {
        self.entries[self.blocks[block].0 as usize].0.pass()
    }

    /// Every pair of a block, those too that another block has.
    pub(crate) fn pairs_of(&self, block: usize, mut take: impl FnMut(u32, u32)) {
        let (from, len) = self.blocks[block];
        let members = &self.entries[from as usize..(from + len) as usize];
        for (at, (_, left)) in members.iter().enumerate() {
            for (_, right) in &members[at + 1..] {
                let across = self
                    .split_at
                    .is_none_or(|split| *left < split && *right >= split);
                if across {
                    take(*left, *right);
                }
            }
        }
    }

    /// The pairs of a block for which it is the first that both persons are in: over all blocks,
    /// each candidate pair comes once.
    pub(crate) fn first_pairs_of(&self, block: usize, mut take: impl FnMut(u32, u32)) {
        let key = self.entries[self.blocks[block].0 as usize].0;
        self.pairs_of(block, |left, right| {
            if self.first_shared(left, right) == Some(key) {
                take(left, right);
            }
        });
    }

    fn keys_of(&self, person: u32) -> &[Key] {
        let at = person as usize;
        &self.keys[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn first_shared(&self, left: u32, right: u32) -> Option<Key> {
        let (left, right) = (self.keys_of(left), self.keys_of(right));
        let (mut a, mut b) = (0, 0);
        while let (Some(x), Some(y)) = (left.get(a), right.get(b)) {
            match x.cmp(y) {
                std::cmp::Ordering::Equal => return Some(*x),
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
            }
        }
        None
    }
}

fn note_skipped(skipped: &mut Vec<Skipped>, pass: Pass, persons: usize) {
    if skipped.last().is_none_or(|last| last.pass != pass) {
        skipped.push(Skipped {
            pass,
            blocks: 0,
            persons: 0,
        });
    }
    if let Some(last) = skipped.last_mut() {
        last.blocks += 1;
        last.persons += persons as u64;
    }
}
