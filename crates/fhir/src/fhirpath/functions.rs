//! Functions on collections.

mod convert;
mod math;
mod tree;

use super::evaluate::{ITEMS_MAX, Items, Scope, boolean, run, truth};
use super::item::Item;
use super::operators::{affordable, distinct, equal, same};
use super::parser::{Call, Node};
use super::strings;

pub(super) fn call<'a>(
    items: Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    scope.spend(items.len())?;
    if items.len() > ITEMS_MAX {
        return Err("a collection is too large".to_owned());
    }
    if let Some(answer) = with_criteria(&items, call, scope) {
        return answer;
    }
    match plain(items, call, scope)? {
        Ok(answer) => Ok(answer),
        Err(items) => {
            let found = tree::call(&items, call, scope)
                .or_else(|| convert::call(&items, call, scope))
                .or_else(|| math::call(&items, call, scope))
                .or_else(|| strings::call(&items, call, scope));
            found.unwrap_or_else(|| Err(format!("there is no function {}()", call.name)))
        }
    }
}

/// The argument at `index`, or an error that names the function.
pub(super) fn argument(call: &Call, index: usize) -> Result<&Node, String> {
    let found = call.arguments.get(index);
    found.ok_or_else(|| format!("{}() lacks an argument", call.name))
}

/// The value of the argument at `index`, which is reckoned where the call stands.
pub(super) fn evaluated<'a>(
    call: &'a Call,
    index: usize,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    run(argument(call, index)?, scope)
}

/// The one item of a collection; `None` when it is empty.
pub(super) fn one<'i, 'a>(items: &'i [Item<'a>]) -> Result<Option<&'i Item<'a>>, String> {
    match items {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err("one item is expected, not several".to_owned()),
    }
}

/// The argument at `index` as a whole number.
pub(super) fn integer_argument<'a>(
    call: &'a Call,
    index: usize,
    scope: &Scope<'_, 'a>,
) -> Result<Option<i64>, String> {
    match one(&evaluated(call, index, scope)?)?.and_then(Item::to_system) {
        None => Ok(None),
        Some(Item::Integer(value)) => Ok(Some(value)),
        Some(_) => Err(format!("{}() takes a whole number", call.name)),
    }
}

/// Functions whose argument is asked of each item.
fn with_criteria<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Option<Result<Items<'a>, String>> {
    Some(match (call.name.as_str(), call.arguments.as_slice()) {
        ("where", [criteria]) => filter(items, criteria, scope),
        ("exists", [criteria]) => {
            filter(items, criteria, scope).map(|found| boolean(!found.is_empty()))
        }
        ("all", [criteria]) => all(items, criteria, scope),
        ("select", [projection]) => select(items, projection, scope),
        ("repeat", [projection]) => repeat(items, projection, scope),
        ("aggregate", [step, rest @ ..]) => aggregate(items, step, rest.first(), scope),
        ("iif", [condition, then, rest @ ..]) => iif(items, condition, then, rest.first(), scope),
        ("trace", [_]) => Ok(items.clone()),
        ("trace", [_, _]) => Ok(items.clone()),
        _ => return None,
    })
}

fn filter<'a>(
    items: &Items<'a>,
    criteria: &'a Node,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let mut kept = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let answer = run(criteria, &scope.with(item.clone(), index))?;
        if truth(&answer)? == Some(true) {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

fn all<'a>(
    items: &Items<'a>,
    criteria: &'a Node,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    for (index, item) in items.iter().enumerate() {
        let answer = run(criteria, &scope.with(item.clone(), index))?;
        if truth(&answer)? != Some(true) {
            return Ok(boolean(false));
        }
    }
    Ok(boolean(true))
}

fn select<'a>(
    items: &Items<'a>,
    projection: &'a Node,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        found.extend(run(projection, &scope.with(item.clone(), index))?);
        if found.len() > ITEMS_MAX {
            return Err("a collection is too large".to_owned());
        }
    }
    Ok(found)
}

fn repeat<'a>(
    items: &Items<'a>,
    projection: &'a Node,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let mut found: Items<'a> = Vec::new();
    let mut fresh = items.clone();
    while !fresh.is_empty() {
        let mut next = Vec::new();
        for item in select(&fresh, projection, scope)? {
            if !found.iter().any(|known| same(known, &item) == Some(true)) {
                found.push(item.clone());
                next.push(item);
            }
        }
        // Every new item is compared with all before it.
        if found.len() > ITEMS_MAX / 20 {
            return Err("repeat() finds too much".to_owned());
        }
        fresh = next;
    }
    Ok(found)
}

fn aggregate<'a>(
    items: &Items<'a>,
    step: &'a Node,
    start: Option<&'a Node>,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let mut total = match start {
        Some(start) => run(start, scope)?,
        None => Vec::new(),
    };
    for (index, item) in items.iter().enumerate() {
        let mut inner = scope.with(item.clone(), index);
        inner.total = Some(total);
        total = run(step, &inner)?;
    }
    Ok(total)
}

fn iif<'a>(
    items: &Items<'a>,
    condition: &'a Node,
    then: &'a Node,
    otherwise: Option<&'a Node>,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    if items.len() > 1 {
        return Err("iif() asks one item".to_owned());
    }
    let inner = items.first().map(|item| scope.with(item.clone(), 0));
    let inner = inner.as_ref().unwrap_or(scope);
    let answer = run(condition, inner)?;
    if !matches!(
        answer.as_slice(),
        [] | [Item::Boolean(_) | Item::Element(_)]
    ) {
        return Err("iif() takes a condition".to_owned());
    }
    if truth(&answer)? == Some(true) {
        return run(then, inner);
    }
    otherwise.map_or_else(|| Ok(Vec::new()), |otherwise| run(otherwise, inner))
}

/// Functions on the collection as a whole; gives the items back when it knows no such function.
fn plain<'a>(
    mut items: Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Result<Items<'a>, Items<'a>>, String> {
    let truths = |wanted: bool, any: bool| {
        let mut values = items.iter().map(|item| item.as_boolean() == Some(wanted));
        boolean(if any {
            values.any(|is| is)
        } else {
            values.all(|is| is)
        })
    };
    let count = || match integer_argument(call, 0, scope)? {
        None => Ok::<_, String>(None),
        Some(count) => Ok(Some(usize::try_from(count).unwrap_or(0))),
    };
    Ok(Ok(match call.name.as_str() {
        "empty" => boolean(items.is_empty()),
        "exists" => boolean(!items.is_empty()),
        "not" => truth(&items)?
            .map(|value| Item::Boolean(!value))
            .into_iter()
            .collect(),
        "count" => vec![Item::Integer(i64::try_from(items.len()).unwrap_or(0))],
        "allTrue" => truths(true, false),
        "anyTrue" => truths(true, true),
        "allFalse" => truths(false, false),
        "anyFalse" => truths(false, true),
        "distinct" => distinct(items)?,
        "isDistinct" => {
            let all = items.len();
            boolean(distinct(items)?.len() == all)
        }
        "first" => items.into_iter().take(1).collect(),
        "last" => items.pop().into_iter().collect(),
        "tail" => items.into_iter().skip(1).collect(),
        "single" => one(&items)?.cloned().into_iter().collect(),
        "skip" => match count()? {
            Some(count) => items.into_iter().skip(count).collect(),
            None => Vec::new(),
        },
        "take" => match count()? {
            Some(count) => items.into_iter().take(count).collect(),
            None => Vec::new(),
        },
        "intersect" | "exclude" | "union" | "combine" | "subsetOf" | "supersetOf"
        | "comparable" => {
            let other = evaluated(call, 0, scope)?;
            affordable(items.len(), other.len())?;
            two_sets(items, other, &call.name)?
        }
        _ => return Ok(Err(items)),
    }))
}

/// Functions of two collections.
fn two_sets<'a>(mut items: Items<'a>, other: Items<'a>, name: &str) -> Result<Items<'a>, String> {
    let within = |item: &Item<'a>, many: &[Item<'a>]| {
        many.iter().any(|other| same(item, other) == Some(true))
    };
    Ok(match name {
        "intersect" => {
            items.retain(|item| within(item, &other));
            distinct(items)?
        }
        "exclude" => {
            items.retain(|item| !within(item, &other));
            items
        }
        "union" => {
            items.extend(other);
            distinct(items)?
        }
        "combine" => {
            items.extend(other);
            items
        }
        "subsetOf" => boolean(items.iter().all(|item| within(item, &other))),
        "supersetOf" => boolean(other.iter().all(|item| within(item, &items))),
        _ => boolean(equal(&items, &other).is_some()),
    })
}
