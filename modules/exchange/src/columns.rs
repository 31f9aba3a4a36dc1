//! The headings people write, in Chinese and English, and what they mean.

mod members;
mod places;

use crate::report::SheetKind;

/// What a column is in a kind of sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// Its name in code.
    pub(crate) key: &'static str,
    /// Rows without it can't be taken in.
    pub(crate) required: bool,
    /// The heading in the template, then others that mean the same.
    pub(crate) headings: &'static [&'static str],
}

const fn required(key: &'static str, headings: &'static [&'static str]) -> Column {
    Column {
        key,
        required: true,
        headings,
    }
}

const fn optional(key: &'static str, headings: &'static [&'static str]) -> Column {
    Column {
        key,
        required: false,
        headings,
    }
}

/// What a sheet of a kind may be called and has for columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) kind: SheetKind,
    /// The sheet's name in the template, then others.
    pub(crate) names: &'static [&'static str],
    pub(crate) columns: &'static [Column],
}

/// Headings that say nothing a roster needs, and are no surprise.
pub(crate) const IGNORED: &[&str] = &[
    "序号",
    "编号序",
    "no",
    "no.",
    "#",
    "备注",
    "说明",
    "remark",
    "remarks",
    "note",
    "notes",
];

const ORG: &[&str] = &[
    "机构编码",
    "所属机构编码",
    "所属机构",
    "所在机构",
    "机构",
    "机构名称",
    "单位",
    "所在单位",
    "单位名称",
    "单位编码",
    "编制单位",
    "工作单位",
    "医疗机构",
    "医疗机构名称",
    "organization",
    "organisation",
    "organization code",
    "org",
    "org code",
    "institution",
    "hospital",
];
const DEPARTMENT: &[&str] = &[
    "科室",
    "科室编码",
    "所在科室",
    "所属科室",
    "科室名称",
    "部门",
    "department",
    "department code",
    "dept",
];
const PHONE: &[&str] = &[
    "电话",
    "联系电话",
    "手机",
    "手机号",
    "手机号码",
    "电话号码",
    "联系方式",
    "phone",
    "telephone",
    "mobile",
    "tel",
];

/// Every kind of sheet, in the order in which they are taken in.
pub(crate) const LAYOUTS: &[Layout] = &[
    members::ORGANIZATIONS,
    members::DEPARTMENTS,
    members::PEOPLE,
    places::BEDS,
    places::EQUIPMENT,
    places::SCHEDULES,
];

/// A heading as it is compared: no blanks, no stars, no remarks in brackets, lower case.
pub(crate) fn normalized(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in kernel::text::fold(heading).to_lowercase().chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            ' ' | '*' | ':' | '_' | '-' | '/' | '.' | '#' => {}
            _ if depth > 0 => {}
            _ => kept.push(c),
        }
    }
    kept
}

/// The column a heading means in a layout, if any.
pub(crate) fn column_of(layout: &Layout, heading: &str) -> Option<&'static Column> {
    let wanted = normalized(heading);
    if wanted.is_empty() {
        return None;
    }
    layout.columns.iter().find(|column| {
        column
            .headings
            .iter()
            .any(|known| normalized(known) == wanted)
    })
}

/// Is it a heading that no roster needs?
pub(crate) fn is_ignored(heading: &str) -> bool {
    let wanted = normalized(heading);
    wanted.is_empty() || IGNORED.iter().any(|known| normalized(known) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(kind: SheetKind) -> &'static Layout {
        LAYOUTS.iter().find(|layout| layout.kind == kind).unwrap()
    }

    #[test]
    fn headings_are_told_however_they_are_written() {
        let people = layout(SheetKind::People);
        let cases = [
            ("姓 名", Some("name")),
            ("＊姓名（必填）", Some("name")),
            ("Staff No.", Some("code")),
            ("身份证\n号码", Some("resident_id")),
            ("STAFF_STATUS", Some("staff_status")),
            ("血型", None),
            ("", None),
        ];
        for (heading, key) in cases {
            assert_eq!(
                column_of(people, heading).map(|column| column.key),
                key,
                "{heading}"
            );
        }
        assert!(is_ignored("序 号") && !is_ignored("血型"));
    }

    #[test]
    fn no_heading_means_two_columns_of_one_layout() {
        for layout in LAYOUTS {
            let mut seen = std::collections::BTreeMap::new();
            for column in layout.columns {
                for heading in column.headings {
                    let other = seen.insert(normalized(heading), column.key);
                    assert!(
                        other.is_none_or(|key| key == column.key),
                        "{:?} {heading}",
                        layout.kind
                    );
                }
            }
        }
    }
}
