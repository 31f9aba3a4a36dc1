//! Where a value lies: `PID-5.1`, `PID-3(5=PI).1`.

use std::fmt;
use std::str::FromStr;

use crate::escape::unescape;
use crate::message::{Segment, Separators};

/// Numbers of fields and components a path may name.
const NUMBER_MAX: usize = 999;

/// The path of a value in a segment. With a condition, the first repetition whose component has that
/// value; else the first repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    segment: String,
    field: usize,
    condition: Option<(usize, String)>,
    component: Option<usize>,
    subcomponent: Option<usize>,
}

impl Path {
    /// The segment's name.
    pub fn segment(&self) -> &str {
        &self.segment
    }

    /// The field.
    pub fn field(&self) -> usize {
        self.field
    }

    /// The component, where it names one.
    pub fn component(&self) -> Option<usize> {
        self.component
    }

    /// The same field, at one of its components.
    #[must_use]
    pub fn at_component(&self, component: usize) -> Self {
        Self {
            component: Some(component),
            ..self.clone()
        }
    }

    /// The value in a segment, unescaped and trimmed; `None` where it is empty or `""`. Without a
    /// component, the whole repetition where it has only one component, else its first.
    pub fn value_in(&self, segment: &Segment, separators: &Separators) -> Option<String> {
        let field = segment.field(separators, self.field);
        let repetition = match &self.condition {
            None if segment.name() == "MSH" && self.field <= 2 => field,
            None => field.split(separators.repetition).next()?,
            Some((component, wanted)) => field.split(separators.repetition).find(|one| {
                let parts = one.split(separators.component);
                parts
                    .clone()
                    .nth(component - 1)
                    .is_some_and(|part| part == wanted)
            })?,
        };
        if segment.name() == "MSH" && self.field <= 2 {
            return Some(repetition.to_owned());
        }
        let component = self.component.unwrap_or(1);
        let mut value = repetition.split(separators.component).nth(component - 1)?;
        if let Some(subcomponent) = separators.subcomponent {
            let wanted = self.subcomponent.unwrap_or(1);
            value = value.split(subcomponent).nth(wanted - 1)?;
        }
        let value = unescape(value, separators);
        let trimmed = value.trim();
        (!trimmed.is_empty() && trimmed != "\"\"").then(|| trimmed.to_owned())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.segment, self.field)?;
        if let Some((component, value)) = &self.condition {
            write!(f, "({component}={value})")?;
        }
        for number in [self.component, self.subcomponent].into_iter().flatten() {
            write!(f, ".{number}")?;
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("{text:?} is no path such as PID-5.1 or PID-3(5=PI).1");
        let (segment, rest) = text.split_once('-').ok_or_else(fault)?;
        let named = segment.len() == 3
            && segment
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !named {
            return Err(fault());
        }
        let number = |text: &str| {
            let read = text.parse::<usize>().ok();
            read.filter(|number| (1..=NUMBER_MAX).contains(number))
                .ok_or_else(fault)
        };
        let (field, condition, tail) = match rest.split_once('(') {
            Some((field, after)) => {
                let (inner, tail) = after.split_once(')').ok_or_else(fault)?;
                let (component, value) = inner.split_once('=').ok_or_else(fault)?;
                let condition = (number(component)?, value.to_owned());
                (field, Some(condition), tail)
            }
            None => {
                let at = rest.find('.').unwrap_or(rest.len());
                (&rest[..at], None, &rest[at..])
            }
        };
        let mut tail = tail.split('.');
        if tail.next() != Some("") {
            return Err(fault());
        }
        let component = tail.next().map(number).transpose()?;
        let subcomponent = tail.next().map(number).transpose()?;
        if tail.next().is_some() {
            return Err(fault());
        }
        Ok(Self {
            segment: segment.to_owned(),
            field: number(field)?,
            condition,
            component,
            subcomponent,
        })
    }
}
