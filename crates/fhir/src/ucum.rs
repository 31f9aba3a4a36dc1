//! Units of measure: what 5.5 mmol/L is in base units, so that quantities compare.
//!
//! A small reader of UCUM codes: prefixes, products, quotients, exponents and annotations over the
//! units that occur in clinical data. A unit that is not known keeps its own name, and then only
//! equals itself. Amounts of substance and arbitrary units stay bases of their own.

use crate::decimal::{self, Decimal};

/// The system of UCUM codes.
pub const SYSTEM: &str = "http://unitsofmeasure.org";

/// A unit in terms of base units: `value * mantissa * 10^exponent` of `code`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    mantissa: Decimal,
    exponent: i32,
    /// Base units in fixed order, such as `mol.m-3`; `1` for plain numbers.
    pub code: String,
}

impl Canonical {
    /// A value of the unit in canonical units.
    pub fn value(&self, value: Decimal) -> Option<f64> {
        let value = value.checked_mul(self.mantissa)?.normalize();
        decimal::double(&format!("{value}e{}", self.exponent))
    }

    /// The same, exact, where it fits.
    pub fn exact(&self, value: Decimal) -> Option<Decimal> {
        let power = decimal::power_of_ten(self.exponent)?;
        value.checked_mul(self.mantissa)?.checked_mul(power)
    }
}

/// Base units; the order is that of the canonical code.
const BASES: [&str; 11] = [
    "g", "m", "s", "mol", "K", "C", "cd", "rad", "[iU]", "eq", "osm",
];
type Dimensions = [i8; BASES.len()];

/// Unit, whether it takes metric prefixes, mantissa, exponent of ten, dimensions as `base power …`.
const UNITS: &[(&str, bool, &str, i32, &str)] = &[
    ("1", false, "1", 0, ""),
    ("%", false, "1", -2, ""),
    ("[ppth]", false, "1", -3, ""),
    ("[ppm]", false, "1", -6, ""),
    ("[ppb]", false, "1", -9, ""),
    ("10*", false, "1", 1, ""),
    ("10^", false, "1", 1, ""),
    ("g", true, "1", 0, "g1"),
    ("m", true, "1", 0, "m1"),
    ("s", true, "1", 0, "s1"),
    ("mol", true, "1", 0, "mol1"),
    ("K", true, "1", 0, "K1"),
    ("C", true, "1", 0, "C1"),
    ("cd", true, "1", 0, "cd1"),
    ("rad", true, "1", 0, "rad1"),
    ("deg", false, "0.01745329251994329577", 0, "rad1"),
    ("L", true, "1", -3, "m3"),
    ("l", true, "1", -3, "m3"),
    ("min", false, "60", 0, "s1"),
    ("h", false, "3600", 0, "s1"),
    ("d", false, "86400", 0, "s1"),
    ("wk", false, "604800", 0, "s1"),
    ("mo", false, "2629800", 0, "s1"),
    ("a", false, "31557600", 0, "s1"),
    ("t", true, "1", 6, "g1"),
    ("u", true, "1.66053906660", -24, "g1"),
    ("Hz", true, "1", 0, "s-1"),
    ("N", true, "1", 3, "g1 m1 s-2"),
    ("Pa", true, "1", 3, "g1 m-1 s-2"),
    ("bar", true, "1", 8, "g1 m-1 s-2"),
    ("m[Hg]", true, "133322387.415", 0, "g1 m-1 s-2"),
    ("m[H2O]", true, "9806650", 0, "g1 m-1 s-2"),
    ("atm", false, "101325000", 0, "g1 m-1 s-2"),
    ("J", true, "1", 3, "g1 m2 s-2"),
    ("cal", true, "4184", 0, "g1 m2 s-2"),
    ("[Cal]", false, "4184", 3, "g1 m2 s-2"),
    ("W", true, "1", 3, "g1 m2 s-3"),
    ("A", true, "1", 0, "C1 s-1"),
    ("V", true, "1", 3, "g1 m2 s-2 C-1"),
    ("Ohm", true, "1", 3, "g1 m2 s-1 C-2"),
    ("Bq", true, "1", 0, "s-1"),
    ("Ci", true, "37", 9, "s-1"),
    ("Gy", true, "1", 0, "m2 s-2"),
    ("Sv", true, "1", 0, "m2 s-2"),
    ("kat", true, "1", 0, "mol1 s-1"),
    // An enzyme unit is a micromole a minute; 60 in the quotient keeps it exact below.
    ("U", true, "1", 0, "U"),
    ("[iU]", true, "1", 0, "[iU]1"),
    ("[IU]", true, "1", 0, "[iU]1"),
    ("eq", true, "1", 0, "eq1"),
    ("osm", true, "1", 0, "osm1"),
    ("M", true, "1", 3, "mol1 m-3"),
    ("[in_i]", false, "2.54", -2, "m1"),
    ("[ft_i]", false, "0.3048", 0, "m1"),
    ("[mi_i]", false, "1609.344", 0, "m1"),
    ("[lb_av]", false, "453.59237", 0, "g1"),
    ("[oz_av]", false, "28.349523125", 0, "g1"),
    ("[gr]", false, "0.06479891", 0, "g1"),
    ("[foz_us]", false, "29.5735295625", -6, "m3"),
    ("[pt_us]", false, "473.176473", -6, "m3"),
    ("[gal_us]", false, "3785.411784", -6, "m3"),
    ("[tsp_us]", false, "4.92892159375", -6, "m3"),
    ("[tbs_us]", false, "14.78676478125", -6, "m3"),
    ("[drp]", false, "0.05", -6, "m3"),
];

const PREFIXES: &[(&str, i32)] = &[
    ("da", 1),
    ("Y", 24),
    ("Z", 21),
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
];

/// Longer codes and deeper brackets are no units that anyone writes.
const LENGTH_MAX: usize = 64;

/// The unit in base units; `None` when it is not UCUM as known here.
///
/// Celsius and Fahrenheit are not multiples of kelvin: see [`temperature`].
pub fn canonical(unit: &str) -> Option<Canonical> {
    if unit.len() > LENGTH_MAX || !unit.is_ascii() {
        return None;
    }
    let mut reader = Reader { rest: unit };
    let factor = reader.term()?;
    if !reader.rest.is_empty() {
        return None;
    }
    Some(Canonical {
        mantissa: factor.mantissa,
        exponent: factor.exponent,
        code: code(&factor.dimensions),
    })
}

/// A quantity in canonical units: value and code.
pub fn quantity(value: Decimal, unit: &str) -> Option<(f64, String)> {
    if let Some(kelvin) = temperature(value, unit) {
        return Some((decimal::to_double(kelvin), "K".to_owned()));
    }
    let canonical = canonical(unit)?;
    Some((canonical.value(value)?, canonical.code))
}

/// A temperature in kelvin.
fn temperature(value: Decimal, unit: &str) -> Option<Decimal> {
    let zero = Decimal::new(27_315, 2);
    match unit {
        "Cel" => value.checked_add(zero),
        "[degF]" => {
            let fahrenheit = value.checked_sub(Decimal::new(32, 0))?;
            let celsius = fahrenheit
                .checked_mul(Decimal::new(5, 0))?
                .checked_div(Decimal::new(9, 0))?;
            celsius.checked_add(zero)
        }
        _ => None,
    }
}

fn code(dimensions: &Dimensions) -> String {
    let mut code = String::new();
    for (base, power) in BASES
        .iter()
        .zip(dimensions)
        .filter(|(_, power)| **power != 0)
    {
        if !code.is_empty() {
            code.push('.');
        }
        code.push_str(base);
        if *power != 1 {
            code.push_str(&power.to_string());
        }
    }
    if code.is_empty() {
        "1".to_owned()
    } else {
        code
    }
}

#[derive(Clone, Copy)]
struct Factor {
    mantissa: Decimal,
    exponent: i32,
    dimensions: Dimensions,
}

impl Factor {
    const ONE: Self = Self {
        mantissa: Decimal::ONE,
        exponent: 0,
        dimensions: [0; BASES.len()],
    };

    fn times(self, other: Self, divide: bool) -> Option<Self> {
        let mantissa = if divide {
            self.mantissa.checked_div(other.mantissa)?
        } else {
            self.mantissa.checked_mul(other.mantissa)?
        };
        let sign = if divide { -1 } else { 1 };
        let mut dimensions = self.dimensions;
        for (own, power) in dimensions.iter_mut().zip(other.dimensions) {
            *own = own.checked_add(power.checked_mul(sign)?)?;
        }
        let exponent = self
            .exponent
            .checked_add(other.exponent.checked_mul(sign.into())?)?;
        Some(Self {
            mantissa,
            exponent,
            dimensions,
        })
    }

    fn power(self, power: i8) -> Option<Self> {
        let mut result = Self::ONE;
        for _ in 0..power.unsigned_abs() {
            result = result.times(self, power < 0)?;
        }
        Some(result)
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// `component (('.' | '/') component)*`, with an optional leading `/`.
    fn term(&mut self) -> Option<Factor> {
        let mut total = Factor::ONE;
        let mut divide = self.take("/");
        loop {
            total = total.times(self.component()?, divide)?;
            if self.take("/") {
                divide = true;
            } else if self.take(".") {
                divide = false;
            } else {
                return Some(total);
            }
        }
    }

    fn component(&mut self) -> Option<Factor> {
        if self.take("(") {
            let factor = self.term()?;
            return self.take(")").then_some(factor);
        }
        if self.rest.starts_with('{') {
            self.annotation()?;
            return Some(Factor::ONE);
        }
        let factor = self.unit()?;
        let power = self.exponent()?;
        if self.rest.starts_with('{') {
            self.annotation()?;
        }
        factor.power(power)
    }

    fn unit(&mut self) -> Option<Factor> {
        let end = self.atom_length();
        let atom = &self.rest[..end];
        let plain: Option<Factor> = if atom.is_empty() {
            let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            let number = self.rest.get(..digits).filter(|text| !text.is_empty())?;
            let mantissa = decimal::parse(number)?;
            self.rest = &self.rest[digits..];
            return Some(Factor {
                mantissa,
                ..Factor::ONE
            });
        } else {
            known(atom, false).or_else(|| {
                PREFIXES.iter().find_map(|(prefix, exponent)| {
                    let mut factor = known(atom.strip_prefix(prefix)?, true)?;
                    factor.exponent += exponent;
                    Some(factor)
                })
            })
        };
        self.rest = &self.rest[end..];
        plain
    }

    /// Letters, `%`, bracketed names and the `10*`, `10^` of UCUM.
    fn atom_length(&self) -> usize {
        if self.rest.starts_with("10*") || self.rest.starts_with("10^") {
            return 3;
        }
        let mut bracket = false;
        for (index, letter) in self.rest.char_indices() {
            match letter {
                '[' => bracket = true,
                ']' => bracket = false,
                _ if bracket => {}
                'a'..='z' | 'A'..='Z' | '%' | '\'' | '_' => {}
                _ => return index,
            }
        }
        self.rest.len()
    }

    fn exponent(&mut self) -> Option<i8> {
        let signed = self.rest.starts_with(['+', '-']);
        let digits = self
            .rest
            .bytes()
            .skip(usize::from(signed))
            .take_while(u8::is_ascii_digit);
        let length = digits.count() + usize::from(signed);
        if length == usize::from(signed) {
            return (!signed).then_some(1);
        }
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        let power: i8 = text.parse().ok()?;
        (power.unsigned_abs() <= 24).then_some(power)
    }

    fn annotation(&mut self) -> Option<()> {
        let end = self.rest.find('}')?;
        self.rest = &self.rest[end + 1..];
        Some(())
    }

    fn take(&mut self, mark: &str) -> bool {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

fn known(atom: &str, prefixed: bool) -> Option<Factor> {
    let (_, metric, mantissa, exponent, dimensions) =
        UNITS.iter().find(|(name, ..)| *name == atom)?;
    if prefixed && !metric {
        return None;
    }
    let mut factor = Factor {
        mantissa: decimal::parse(mantissa)?,
        exponent: *exponent,
        ..Factor::ONE
    };
    if *dimensions == "U" {
        factor = known("mol", false)?.times(known("min", false)?, true)?;
        factor.exponent -= 6;
        return Some(factor);
    }
    for part in dimensions.split_whitespace() {
        let split = part.rfind(|letter: char| !letter.is_ascii_digit() && letter != '-')? + 1;
        let (base, power) = part.split_at(split);
        let index = BASES.iter().position(|known| *known == base)?;
        factor.dimensions[index] = power.parse().ok()?;
    }
    Some(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_meet_in_base_units() {
        let same = [
            (("5.5", "mmol/L"), ("5500", "umol/L")),
            (("1", "mg/dL"), ("10", "ug/mL")),
            (("120", "mm[Hg]"), ("15.9986864898", "kPa")),
            (("4.5", "10*9/L"), ("4500", "/uL")),
            (("37", "Cel"), ("98.6", "[degF]")),
            (("1", "h"), ("60", "min")),
            (("72", "/min"), ("72", "{beats}/min")),
            (("2", "[lb_av]"), ("907.18474", "g")),
        ];
        for (a, b) in same {
            let canonical = |(value, unit): (&str, &str)| {
                quantity(decimal::parse(value).unwrap(), unit).unwrap()
            };
            let ((left, code), (right, other)) = (canonical(a), canonical(b));
            assert_eq!(code, other);
            assert_eq!(format!("{left:.9}"), format!("{right:.9}"), "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_is_no_unit_stays_itself() {
        for unit in ["mmol/", "片", "foo", "((m)", "m99", "", "{a"] {
            assert_eq!(canonical(unit), None, "{unit}");
        }
    }
}
