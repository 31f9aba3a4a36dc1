//! How far two short texts lie apart.
#![expect(
    clippy::float_arithmetic,
    reason = "Jaro-Winkler is a ratio; nothing here is money"
)]

/// Longest text compared letter by letter, a bit of a word each; a longer one is as different as
/// can be.
const LETTERS_MAX: usize = 64;

/// Likeness below which nobody asks how much; such a pair may be told as 0.
const LIKENESS_MIN: f64 = 0.75;

/// Are two texts one slip apart: a letter wrong, missing, too much, or two neighbours swapped?
pub fn one_slip(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return one_slip_of(left.as_bytes(), right.as_bytes());
    }
    let (mut a, mut b) = (['\0'; LETTERS_MAX], ['\0'; LETTERS_MAX]);
    match (letters(left, &mut a), letters(right, &mut b)) {
        (Some(left), Some(right)) => one_slip_of(left, right),
        _ => false,
    }
}

fn one_slip_of<T: PartialEq>(left: &[T], right: &[T]) -> bool {
    let (short, long) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[head..], &long[head..]);
    match (short, long) {
        ([], long) => long.len() == 1,
        (short, [_, rest @ ..]) if short.len() < long.len() => short == rest,
        ([a, short @ ..], [b, long @ ..]) if short.len() == long.len() => {
            let swapped = match (short, long) {
                ([c, short @ ..], [d, long @ ..]) => a == d && b == c && short == long,
                _ => false,
            };
            swapped || short == long
        }
        _ => false,
    }
}

/// The Jaro-Winkler likeness of two texts, from 0 to 1.
pub fn likeness(left: &str, right: &str) -> f64 {
    // Taking the nearest letter first is not the same from both sides.
    let (left, right) = if left <= right {
        (left, right)
    } else {
        (right, left)
    };
    if left.is_ascii() && right.is_ascii() {
        let (left, right) = (left.as_bytes(), right.as_bytes());
        return if likeness_at_most(left, right) < LIKENESS_MIN {
            0.0
        } else {
            likeness_of(left, right)
        };
    }
    let (mut a, mut b) = (['\0'; LETTERS_MAX], ['\0'; LETTERS_MAX]);
    match (letters(left, &mut a), letters(right, &mut b)) {
        (Some(left), Some(right)) => likeness_of(left, right),
        _ => 0.0,
    }
}

/// What the likeness cannot exceed, from the letters that both have at all: most pairs are told
/// apart by it.
fn likeness_at_most(a: &[u8], b: &[u8]) -> f64 {
    let set = |text: &[u8]| {
        text.iter()
            .fold(0_u64, |set, letter| set | 1 << (letter & 63))
    };
    let shared = |text: &[u8], set: u64| {
        text.iter()
            .filter(|letter| (set >> (*letter & 63)) & 1 == 1)
            .count()
    };
    let (in_a, in_b) = (shared(a, set(b)), shared(b, set(a)));
    let float = |count: usize| f64::from(u16::try_from(count).unwrap_or(u16::MAX));
    let common = float(in_a.min(in_b));
    if common == 0.0 {
        return 0.0;
    }
    let jaro = (common / float(a.len()) + common / float(b.len()) + 1.0) / 3.0;
    jaro + 0.4 * (1.0 - jaro)
}

fn likeness_of<T: PartialEq>(a: &[T], b: &[T]) -> f64 {
    if a.is_empty() || b.is_empty() || a.len().max(b.len()) > LETTERS_MAX {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0_u64, 0_u64);
    for (at, letter) in a.iter().enumerate() {
        let (from, to) = (at.saturating_sub(reach), (at + reach + 1).min(b.len()));
        let mut places = from..to;
        if let Some(found) = places.find(|&other| (in_b >> other) & 1 == 0 && b[other] == *letter) {
            in_a |= 1 << at;
            in_b |= 1 << found;
        }
    }
    let common = f64::from(in_a.count_ones());
    if in_a == 0 {
        return 0.0;
    }
    let (mut moved, mut rest_a, mut rest_b) = (0_u32, in_a, in_b);
    while rest_a != 0 {
        let (at_a, at_b) = (rest_a.trailing_zeros(), rest_b.trailing_zeros());
        moved += u32::from(a[at_a as usize] != b[at_b as usize]);
        (rest_a, rest_b) = (rest_a & (rest_a - 1), rest_b & (rest_b - 1));
    }
    let share = |len: usize| common / f64::from(u16::try_from(len).unwrap_or(u16::MAX));
    let swaps = f64::from(moved) / 2.0;
    let jaro = (share(a.len()) + share(b.len()) + (common - swaps) / common) / 3.0;
    let head = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * f64::from(u8::try_from(head).unwrap_or(4)) * (1.0 - jaro)
}

/// The letters of a text in a fixed array; `None` for one too long.
fn letters<'a>(text: &str, into: &'a mut [char; LETTERS_MAX]) -> Option<&'a [char]> {
    let mut len = 0;
    for letter in text.chars() {
        *into.get_mut(len)? = letter;
        len += 1;
    }
    Some(&into[..len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_and_no_more() {
        for (left, right, expected) in [
            ("1234", "1234", false),
            ("1234", "1235", true),
            ("1234", "1243", true),
            ("1234", "123", true),
            ("234", "1234", true),
            ("1234", "1324", true),
            ("1234", "2143", false),
            ("1234", "12", false),
            ("a", "b", true),
            ("", "a", true),
            ("王小明", "王晓明", true),
            ("ab", "ba", true),
            ("abcd", "bacd", true),
            ("abcd", "badc", false),
        ] {
            assert_eq!(one_slip(left, right), expected, "{left} {right}");
            assert_eq!(one_slip(right, left), expected, "{right} {left}");
        }
    }

    #[test]
    fn likeness_is_as_published() {
        for (left, right, thousandths) in [
            ("martha", "marhta", 961),
            ("dwayne", "duane", 840),
            ("dixon", "dicksonx", 813),
            ("abc", "xyz", 0),
            ("", "a", 0),
        ] {
            let found = (likeness(left, right) * 1000.0).round();
            assert!(
                (found - f64::from(thousandths)).abs() < 0.5,
                "{left} {right} {found}"
            );
        }
    }
}
