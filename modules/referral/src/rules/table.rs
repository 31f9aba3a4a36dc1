//! Every cell of (state × action × side × role), and a page of it that a doctor can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Facts, Refusal, Transition, decide, occurs};
use crate::words::{Action, Kind, Role, Side, State};

/// One cell.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// What sort of case.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// What is tried.
    pub action: Action,
    /// From which side.
    pub side: Side,
    /// In which role.
    pub role: Role,
    /// What the rules say, facts being favourable.
    pub answer: Result<Transition, Refusal>,
}

/// Every cell, in reading order.
pub fn table() -> impl Iterator<Item = Cell> {
    let kinds = Kind::ALL.iter().copied();
    let places = kinds.flat_map(|kind| {
        let states = State::ALL
            .iter()
            .copied()
            .filter(move |state| occurs(kind, *state));
        states.map(move |state| (kind, state))
    });
    let tries = places
        .flat_map(|(kind, state)| Action::ALL.iter().map(move |action| (kind, state, *action)));
    tries.flat_map(|(kind, state, action)| {
        let facts = Facts::favourable(kind);
        Side::ALL.iter().flat_map(move |side| {
            Role::ALL.iter().map(move |role| {
                let answer = decide(state, action, *side, *role, &facts);
                Cell {
                    kind,
                    state,
                    action,
                    side: *side,
                    role: *role,
                    answer,
                }
            })
        })
    })
}

/// The table as a page: what is open in each state, then why the rest is not.
pub fn markdown() -> String {
    let mut page = String::from(
        "# 转诊规则表 · Who may do what with a referral\n\n\
         每一格（状态 × 操作 × 一方 × 角色）都由规则函数逐一枚举得出；未列出的格一律拒绝，并给出理由码。\n\
         Every cell of (state × action × side × role), enumerated from the rules; what is not listed \
         is refused with a reason code.\n",
    );
    let cells: Vec<Cell> = table().collect();
    for state in State::ALL {
        write_state(&mut page, *state, &cells);
    }
    page.push_str("\n## 拒绝理由 · Refusals\n\n| Code | 格数 Cells | Meaning |\n|---|---|---|\n");
    for refusal in Refusal::ALL {
        let count = cells
            .iter()
            .filter(|cell| cell.answer.err() == Some(*refusal))
            .count();
        let _ = writeln!(page, "| `{}` | {count} | {refusal} |", refusal.code());
    }
    page
}

/// What is done, from which side, with which end → for which kinds, by which roles.
type Rows = BTreeMap<(Action, Side, State), (Vec<Kind>, Vec<Role>)>;

/// Rows that differ in kind or role only are one row.
fn write_state(page: &mut String, state: State, cells: &[Cell]) {
    let _ = writeln!(page, "\n## {} `{}`\n", state.zh(), state.word());
    let mut rows: Rows = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.state == state) {
        if let Ok(transition) = cell.answer {
            let row = rows
                .entry((cell.action, cell.side, transition.to))
                .or_default();
            push_new(&mut row.0, cell.kind);
            push_new(&mut row.1, cell.role);
        }
    }
    if rows.is_empty() {
        page.push_str("没有可用操作。Nothing is open.\n");
        return;
    }
    page.push_str("| 操作 Action | 哪一方 Side | 角色 Roles | 之后 Then | 类型 Kinds |\n|---|---|---|---|---|\n");
    for ((action, side, to), (kinds, roles)) in rows {
        let roles = roles
            .iter()
            .map(|role| role.zh())
            .collect::<Vec<_>>()
            .join("、");
        let kinds = kinds
            .iter()
            .map(|kind| kind.zh())
            .collect::<Vec<_>>()
            .join("、");
        let (name, word) = (action.zh(), action.word());
        let then = if to == state { "不变" } else { to.zh() };
        let _ = writeln!(
            page,
            "| {name} `{word}` | {} | {roles} | {then} | {kinds} |",
            side.zh()
        );
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
