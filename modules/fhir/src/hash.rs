//! What index rows are found by: 64 bits of SHA-256 over type, parameter and value. Stored, so the
//! way they are made never changes without a new index.

use sha2::{Digest, Sha256};

/// The hash of some words.
pub(crate) fn of(words: &[&str]) -> i64 {
    let mut sha = Sha256::new();
    for word in words {
        sha.update(u32::try_from(word.len()).unwrap_or(u32::MAX).to_be_bytes());
        sha.update(word.as_bytes());
    }
    let digest = sha.finalize();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// The address of a resource, which references hold.
pub(crate) fn address(kind: &str, id: &str) -> i64 {
    of(&[kind, id])
}

/// One search parameter of one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param<'a> {
    /// The resource type.
    pub kind: &'a str,
    /// The parameter.
    pub code: &'a str,
}

impl Param<'_> {
    fn under(self, form: &str, words: &[&str]) -> i64 {
        let mut all = vec![self.kind, self.code, form];
        all.extend_from_slice(words);
        of(&all)
    }

    /// Rows of plain values: strings, dates, numbers, references.
    pub(crate) fn plain(self) -> i64 {
        self.under("plain", &[])
    }

    /// Pinyin and initials of Chinese words.
    pub(crate) fn pinyin(self) -> i64 {
        self.under("pinyin", &[])
    }

    /// Display texts of tokens.
    pub(crate) fn text(self) -> i64 {
        self.under("text", &[])
    }

    /// A token by system and code; `""` for no system.
    pub(crate) fn token(self, system: &str, code: &str) -> i64 {
        self.under("token", &[system, code])
    }

    /// A token by code in whatever system.
    pub(crate) fn token_code(self, code: &str) -> i64 {
        self.under("code", &[code])
    }

    /// A token by system, whatever code.
    pub(crate) fn token_system(self, system: &str) -> i64 {
        self.under("system", &[system])
    }

    /// An identifier by its type; `""` for whatever system of the type.
    pub(crate) fn token_of_type(self, system: &str, code: &str, value: &str) -> i64 {
        self.under("of-type", &[system, code, value])
    }

    /// A reference by the identifier it carries.
    pub(crate) fn reference_identifier(self, system: &str, code: &str) -> i64 {
        self.under("identifier", &[system, code])
    }

    /// The same in whatever system.
    pub(crate) fn reference_identifier_code(self, code: &str) -> i64 {
        self.under("identifier-code", &[code])
    }

    /// A quantity with the unit as written.
    pub(crate) fn quantity_unit(self, system: &str, unit: &str) -> i64 {
        self.under("unit", &[system, unit])
    }

    /// A quantity in the canonical unit.
    pub(crate) fn quantity_canonical(self, unit: &str) -> i64 {
        self.under("canonical", &[unit])
    }

    /// The second part of a composite whose first is a token of this code.
    pub(crate) fn with_first<R>(self, first: &str, use_it: impl FnOnce(Param<'_>) -> R) -> R {
        let code = [self.code, "$", first].concat();
        use_it(Param {
            kind: self.kind,
            code: &code,
        })
    }
}

/// A whole number that sorts as the decimal does.
pub(crate) fn sortable(value: f64) -> i64 {
    // Minus zero is zero.
    let value = if value == 0.0 { 0.0 } else { value };
    let bits = i64::from_be_bytes(value.to_be_bytes());
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_order() {
        let values = [
            f64::NEG_INFINITY,
            -1e9,
            -2.0,
            -0.1,
            0.0,
            1e-9,
            0.5,
            3.0,
            1e12,
        ];
        let sorted: Vec<i64> = values.iter().map(|&value| sortable(value)).collect();
        assert!(sorted.is_sorted());
        assert_eq!(sortable(-0.0), sortable(0.0));
    }

    #[test]
    fn words_are_told_apart() {
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        let param = Param {
            kind: "Observation",
            code: "code",
        };
        assert_ne!(param.token("a", "b"), param.token_code("b"));
    }
}
