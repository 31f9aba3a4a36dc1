//! The levels of a pair.

use crate::distance::{likeness, one_slip};
use crate::fields::{BirthLevel, Field, MISSING, NumberLevel, Pattern, PlaceLevel};
use crate::name;
use crate::person::{Birth, Prepared};

/// Compares two persons; the order of the two does not matter.
pub fn compare(left: &Prepared, right: &Prepared) -> Pattern {
    let (family, given) = name::compare_all(&left.names, &right.names);
    Pattern::default()
        .with(Field::Family, family)
        .with(Field::Given, given)
        .with(Field::Birth, birth(left, right))
        .with(Field::Sex, sex(left, right))
        .with(Field::Phone, phone(&left.phones, &right.phones))
        .with(Field::Locality, locality(&left.locality, &right.locality))
        .with(Field::Street, street(left, right))
        .with(Field::Postcode, number(&left.postcode, &right.postcode))
        .with(Field::ResidentId, resident_id(left, right))
        .with(Field::OtherId, other_id(left, right))
}

fn birth(left: &Prepared, right: &Prepared) -> u8 {
    let (Some(a), Some(b)) = (left.birth, right.birth) else {
        return MISSING;
    };
    if a == b {
        return BirthLevel::SAME;
    }
    let parts = [a.year == b.year, a.month == b.month, a.day == b.day];
    let agreeing = parts.iter().filter(|same| **same).count();
    match () {
        () if a.year == b.year && a.month == b.day && a.day == b.month => BirthLevel::SWAPPED,
        () if left.birth_as_lunar == Some(b) || right.birth_as_lunar == Some(a) => {
            BirthLevel::LUNAR
        }
        () if one_digit(a, b) => BirthLevel::ONE_DIGIT,
        () if agreeing == 2 => BirthLevel::PARTLY,
        () => BirthLevel::DIFFERENT,
    }
}

fn digits(birth: Birth) -> [u8; 8] {
    let mut digits = [0; 8];
    let mut rest = u32::from(birth.year.unsigned_abs()) % 10_000 * 10_000
        + u32::from(birth.month) % 100 * 100
        + u32::from(birth.day) % 100;
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    digits
}

/// One digit wrong, or two neighbours exchanged.
fn one_digit(a: Birth, b: Birth) -> bool {
    let (a, b) = (digits(a), digits(b));
    let mut wrong = (0..8).filter(|&at| a[at] != b[at]);
    match (wrong.next(), wrong.next(), wrong.next()) {
        (Some(_), None, None) => true,
        (Some(one), Some(two), None) => two == one + 1 && a[one] == b[two] && a[two] == b[one],
        _ => false,
    }
}

fn sex(left: &Prepared, right: &Prepared) -> u8 {
    match (left.sex, right.sex) {
        (Some(a), Some(b)) if a == b => 1,
        (Some(_), Some(_)) => 2,
        _ => MISSING,
    }
}

fn phone(left: &[u64], right: &[u64]) -> u8 {
    if left.is_empty() || right.is_empty() {
        return MISSING;
    }
    if left.iter().any(|one| right.contains(one)) {
        return NumberLevel::SAME;
    }
    let slipped = |one: &u64| right.iter().any(|other| near(*one, *other));
    if left.iter().any(slipped) {
        NumberLevel::ONE_DIGIT
    } else {
        NumberLevel::DIFFERENT
    }
}

/// One decimal digit wrong, or two neighbours exchanged, without writing the numbers out.
fn near(a: u64, b: u64) -> bool {
    let (mut a, mut b) = (a, b);
    let mut wrong: [Option<(u32, u64, u64)>; 2] = [None; 2];
    let mut count = 0;
    let mut place = 0;
    while a != b {
        let (x, y) = (a % 10, b % 10);
        if x != y {
            if count == 2 {
                return false;
            }
            wrong[count] = Some((place, x, y));
            count += 1;
        }
        (a, b, place) = (a / 10, b / 10, place + 1);
    }
    match wrong {
        [Some(_), None] => true,
        [Some((low, a_low, b_low)), Some((high, a_high, b_high))] => {
            high == low + 1 && a_low == b_high && a_high == b_low
        }
        _ => false,
    }
}

fn locality(left: &str, right: &str) -> u8 {
    if left.is_empty() || right.is_empty() {
        return MISSING;
    }
    if left == right {
        return PlaceLevel::SAME;
    }
    let (mut short, mut long) = (left, right);
    if short.len() > long.len() {
        (short, long) = (long, short);
    }
    if (long.ends_with(short) && short.chars().count() >= 2) || one_slip(left, right) {
        return PlaceLevel::SIMILAR;
    }
    let all = short.chars().count();
    let head = short
        .chars()
        .zip(long.chars())
        .take_while(|(a, b)| a == b)
        .count();
    if !short.is_ascii() {
        let shares_wider_part = head * 2 >= all;
        return if shares_wider_part {
            PlaceLevel::PARTLY
        } else {
            PlaceLevel::DIFFERENT
        };
    }
    match likeness(left, right) {
        like if like > 0.92 => PlaceLevel::SIMILAR,
        like if like > 0.85 => PlaceLevel::PARTLY,
        _ => PlaceLevel::DIFFERENT,
    }
}

fn street(left: &Prepared, right: &Prepared) -> u8 {
    let (a, b) = (&*left.street, &*right.street);
    let doors_missing = left.house.is_empty() || right.house.is_empty();
    if a.is_empty() || b.is_empty() {
        return match () {
            () if doors_missing || !(a.is_empty() && b.is_empty()) => MISSING,
            () if left.house == right.house => PlaceLevel::SAME,
            () => PlaceLevel::DIFFERENT,
        };
    }
    if a == b {
        let same_door = left.house == right.house;
        return if same_door {
            PlaceLevel::SAME
        } else {
            PlaceLevel::SIMILAR
        };
    }
    let same_door = left.house == right.house && !doors_missing;
    match likeness(a, b) {
        like if same_door && like > 0.8 => PlaceLevel::SIMILAR,
        like if like > 0.88 || one_slip(a, b) => PlaceLevel::PARTLY,
        _ => PlaceLevel::DIFFERENT,
    }
}

fn number(left: &str, right: &str) -> u8 {
    match () {
        () if left.is_empty() || right.is_empty() => MISSING,
        () if left == right => NumberLevel::SAME,
        () if one_slip(left, right) => NumberLevel::ONE_DIGIT,
        () => NumberLevel::DIFFERENT,
    }
}

fn resident_id(left: &Prepared, right: &Prepared) -> u8 {
    match (&left.resident_id, &right.resident_id) {
        (Some(left), Some(right)) => number(left, right),
        _ => MISSING,
    }
}

/// The best agreement among numbers of the same kind and issuer.
fn other_id(left: &Prepared, right: &Prepared) -> u8 {
    let pairs = left.identifiers.iter().flat_map(|(kind, value)| {
        let same_kind = right
            .identifiers
            .iter()
            .filter(move |(other, _)| other == kind);
        same_kind.map(move |(_, other)| number(value, other))
    });
    pairs
        .filter(|&level| level != MISSING)
        .min()
        .unwrap_or(MISSING)
}
