//! k-anonymity, decided on values: how far each column is widened, and which groups stay out, so that
//! every group of patients that look alike has at least k.
//!
//! A column is widened as a whole (global recoding), so that a table has one meaning a column. From
//! the columns that can still be widened the one is taken that leaves the fewest patients in groups
//! that are too small; of those alike, the one that has lost least so far.

use std::collections::{BTreeMap, HashMap};

use crate::columns::Column;

/// Patients by the values of the quasi-identifiers.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    columns: Vec<Column>,
    /// A column's values, by number.
    values: Vec<Vec<String>>,
    numbers: Vec<HashMap<String, u32>>,
    cells: Vec<(Vec<u32>, i64)>,
}

/// What makes the cells k-anonymous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Solution {
    /// Steps a column was widened.
    pub steps: Vec<usize>,
    /// Groups of fewer than k, which stay out.
    pub small: Vec<Vec<String>>,
    /// Patients in them.
    pub suppressed: i64,
    /// Patients by the size of the groups before anything was done, and after.
    pub before: Sizes,
    /// See `before`.
    pub after: Sizes,
}

/// Groups and patients by the size of the group: 1, up to k, up to 2k, up to 10k, more.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[schema(as = ExtractGroupSizes)]
pub struct Sizes {
    /// Groups in all.
    pub groups: i64,
    /// Patients alone in their group.
    pub alone: i64,
    /// Patients in groups of 2 to k - 1.
    pub below_k: i64,
    /// Patients in groups of k to 2k - 1.
    pub below_2k: i64,
    /// Patients in groups of 2k to 10k - 1.
    pub below_10k: i64,
    /// Patients in larger groups.
    pub more: i64,
}

impl Sizes {
    fn of(groups: impl Iterator<Item = i64>, k: i64) -> Self {
        let mut sizes = Self::default();
        for patients in groups {
            sizes.groups += 1;
            let field = match patients {
                ..=1 if k > 1 => &mut sizes.alone,
                patients if patients < k => &mut sizes.below_k,
                patients if patients < 2 * k => &mut sizes.below_2k,
                patients if patients < 10 * k => &mut sizes.below_10k,
                _ => &mut sizes.more,
            };
            *field += patients;
        }
        sizes
    }
}

impl Cells {
    /// No patients yet.
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.to_vec(),
            values: vec![Vec::new(); columns.len()],
            numbers: vec![HashMap::new(); columns.len()],
            cells: Vec::new(),
        }
    }

    /// Adds patients who have these values, one for each column.
    pub(crate) fn add(&mut self, values: &[String], patients: i64) {
        let mut cell = Vec::with_capacity(self.columns.len());
        for (place, value) in values.iter().enumerate().take(self.columns.len()) {
            let known = &mut self.values[place];
            let number = *self.numbers[place].entry(value.clone()).or_insert_with(|| {
                known.push(value.clone());
                u32::try_from(known.len() - 1).unwrap_or(u32::MAX)
            });
            cell.push(number);
        }
        self.cells.push((cell, patients));
    }

    /// How many cells there are.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Widens and leaves out until every group has at least `k` patients and at most `allowed` are
    /// left out; `Err` with how few could be left out at best.
    pub(crate) fn solve(&self, k: i64, allowed: i64) -> Result<Solution, i64> {
        let widest: Vec<Widened> = self.widen_all();
        let mut steps = vec![0; self.columns.len()];
        let first = self.groups(&widest, &steps);
        let before = Sizes::of(first.values().copied(), k);
        let mut groups = first;
        let mut best = i64::MAX;
        loop {
            let suppressed = few(&groups, k);
            best = best.min(suppressed);
            if suppressed <= allowed {
                return Ok(self.solution(&widest, steps, &groups, k, before));
            }
            let next = (0..self.columns.len())
                .filter(|place| steps[*place] < self.columns[*place].steps())
                .map(|place| {
                    let mut tried = steps.clone();
                    tried[place] += 1;
                    let groups = self.groups(&widest, &tried);
                    let lost = tried[place] * 100 / self.columns[place].steps();
                    (few(&groups, k), lost, place, groups)
                })
                .min_by_key(|(suppressed, lost, place, _)| (*suppressed, *lost, *place));
            let Some((_, _, place, tried)) = next else {
                return Err(best);
            };
            steps[place] += 1;
            groups = tried;
        }
    }

    fn solution(
        &self,
        widened: &[Widened],
        steps: Vec<usize>,
        groups: &BTreeMap<Vec<u32>, i64>,
        k: i64,
        before: Sizes,
    ) -> Solution {
        let text = |group: &Vec<u32>| -> Vec<String> {
            (0..group.len())
                .map(|place| widened[place].names[steps[place]][group[place] as usize].clone())
                .collect()
        };
        let small: Vec<Vec<String>> = groups
            .iter()
            .filter(|(_, patients)| **patients < k)
            .map(|(group, _)| text(group))
            .collect();
        let after = groups.values().copied().filter(|patients| *patients >= k);
        Solution {
            small,
            suppressed: few(groups, k),
            before,
            after: Sizes::of(after, k),
            steps,
        }
    }

    fn widen_all(&self) -> Vec<Widened> {
        self.columns
            .iter()
            .zip(&self.values)
            .map(|(column, values)| Widened::of(*column, values))
            .collect()
    }

    fn groups(&self, widened: &[Widened], steps: &[usize]) -> BTreeMap<Vec<u32>, i64> {
        let mut groups = BTreeMap::new();
        for (cell, patients) in &self.cells {
            let group: Vec<u32> = cell
                .iter()
                .enumerate()
                .map(|(place, value)| widened[place].numbers[steps[place]][*value as usize])
                .collect();
            *groups.entry(group).or_insert(0) += patients;
        }
        groups
    }
}

/// A column's values after each number of steps, by number.
struct Widened {
    /// By steps: a value's number there.
    numbers: Vec<Vec<u32>>,
    /// By steps: what such a number says.
    names: Vec<Vec<String>>,
}

impl Widened {
    fn of(column: Column, values: &[String]) -> Self {
        let mut all = Self {
            numbers: Vec::new(),
            names: Vec::new(),
        };
        for steps in 0..=column.steps() {
            let mut names: Vec<String> = Vec::new();
            let mut known: HashMap<String, u32> = HashMap::new();
            let numbers = values.iter().map(|value| {
                let wide = column.widened(value, steps);
                *known.entry(wide.clone()).or_insert_with(|| {
                    names.push(wide);
                    u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
                })
            });
            all.numbers.push(numbers.collect());
            all.names.push(names);
        }
        all
    }
}

fn few(groups: &BTreeMap<Vec<u32>, i64>, k: i64) -> i64 {
    groups.values().filter(|patients| **patients < k).sum()
}

/// A patient's values after the steps of a solution: the group.
pub(crate) fn group(columns: &[Column], cell: &[String], steps: &[usize]) -> Vec<String> {
    columns
        .iter()
        .zip(cell)
        .zip(steps)
        .map(|((column, value), steps)| column.widened(value, *steps))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::Sex,
        Column::Age,
        Column::County,
        Column::Organization,
    ];

    fn cells(people: &[(bool, u16, u8, u8)]) -> (Cells, Vec<Vec<String>>) {
        let mut cells = Cells::new(&COLUMNS);
        let rows: Vec<Vec<String>> = people
            .iter()
            .map(|(female, age, county, org)| {
                vec![
                    if *female { "female" } else { "male" }.to_owned(),
                    crate::columns::age_value(Some(*age), 90),
                    format!("1101{county:02}"),
                    format!("village-clinic/V{org}"),
                ]
            })
            .collect();
        for row in &rows {
            cells.add(row, 1);
        }
        (cells, rows)
    }

    proptest! {
        #[test]
        fn every_group_that_is_left_has_k_and_no_more_than_allowed_are_left_out(
            people in proptest::collection::vec((any::<bool>(), 0_u16..110, 0_u8..9, 0_u8..5), 0..200),
            k in 2_i64..12,
            allowed in 0_i64..20,
        ) {
            let (cells, rows) = cells(&people);
            match cells.solve(k, allowed) {
                Err(best) => prop_assert!((people.len() as i64) < k && best > allowed),
                Ok(solution) => {
                    let mut groups: BTreeMap<Vec<String>, i64> = BTreeMap::new();
                    let mut left_out = 0;
                    for row in &rows {
                        let group = group(&COLUMNS, row, &solution.steps);
                        if solution.small.contains(&group) {
                            left_out += 1;
                        } else {
                            *groups.entry(group).or_insert(0) += 1;
                        }
                    }
                    prop_assert!(groups.values().all(|patients| *patients >= k));
                    prop_assert_eq!(left_out, solution.suppressed);
                    prop_assert!(left_out <= allowed);
                    prop_assert_eq!(solution.after.groups, groups.len() as i64);
                    prop_assert_eq!(solution.after.alone + solution.after.below_k, 0);
                }
            }
        }
    }

    #[test]
    fn the_column_that_costs_least_is_widened_first() {
        let people: Vec<(bool, u16, u8, u8)> = (0..40).map(|n| (n < 20, n % 20, 1, 1)).collect();
        let solution = cells(&people).0.solve(5, 0).expect("it can be done");
        assert_eq!(solution.steps, [0, 1, 0, 0]);
        assert_eq!((solution.before.alone, solution.after.groups), (40, 8));
    }
}
