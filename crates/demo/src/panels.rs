//! What hospitals measure, by what a patient has: LOINC codes, UCUM units, usual reference ranges.

/// Something that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// LOINC code.
    pub code: &'static str,
    /// 项目名称.
    pub name: &'static str,
    /// UCUM unit.
    pub unit: &'static str,
    /// Decimals that are reported.
    pub decimals: usize,
    /// What healthy people have, in units of the last decimal.
    pub normal: (u32, u32),
    /// What these patients have, in units of the last decimal.
    pub found: (u32, u32),
}

/// Items that are reported together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel {
    /// The hospital's own code of the report.
    pub code: &'static str,
    /// Name of the report.
    pub name: &'static str,
    /// Its items.
    pub items: &'static [Item],
}

const fn item(
    code: &'static str,
    name: &'static str,
    (unit, decimals): (&'static str, usize),
    normal: (u32, u32),
    found: (u32, u32),
) -> Item {
    Item {
        code,
        name,
        unit,
        decimals,
        normal,
        found,
    }
}

const POTASSIUM: Item = item("2823-3", "钾", ("mmol/L", 2), (350, 530), (330, 520));
const CREATININE: Item = item("14682-9", "肌酐", ("umol/L", 0), (45, 104), (52, 146));
const WHITE_CELLS: Item = item(
    "6690-2",
    "白细胞计数",
    ("10*9/L", 2),
    (350, 950),
    (420, 1_480),
);
const HAEMOGLOBIN: Item = item("718-7", "血红蛋白", ("g/L", 0), (115, 175), (92, 158));
const PLATELETS: Item = item("777-3", "血小板计数", ("10*9/L", 0), (125, 350), (118, 362));

const HEART: Panel = Panel {
    code: "ZH01",
    name: "心血管检验",
    items: &[
        item(
            "89579-7",
            "高敏肌钙蛋白I",
            ("ng/L", 1),
            (0, 342),
            (21, 1_960),
        ),
        item(
            "22748-8",
            "低密度脂蛋白胆固醇",
            ("mmol/L", 2),
            (0, 340),
            (182, 462),
        ),
        POTASSIUM,
        CREATININE,
    ],
};
const SUGAR: Panel = Panel {
    code: "ZH02",
    name: "糖代谢检验",
    items: &[
        item("14771-0", "空腹血糖", ("mmol/L", 1), (39, 61), (62, 168)),
        item("4548-4", "糖化血红蛋白", ("%", 1), (40, 60), (64, 112)),
        POTASSIUM,
        CREATININE,
    ],
};
const LUNGS: Panel = Panel {
    code: "ZH03",
    name: "感染检验",
    items: &[
        WHITE_CELLS,
        item("1988-5", "C反应蛋白", ("mg/L", 1), (0, 60), (28, 1_240)),
        HAEMOGLOBIN,
    ],
};
const USUAL: Panel = Panel {
    code: "ZH04",
    name: "血常规及肾功能",
    items: &[WHITE_CELLS, HAEMOGLOBIN, PLATELETS, CREATININE],
};

/// The panel for a diagnosis of ICD-10.
pub(crate) fn for_diagnosis(code: &str) -> Panel {
    match code.as_bytes() {
        [b'I', ..] => HEART,
        [b'E', b'1', ..] => SUGAR,
        [b'J', ..] => LUNGS,
        _ => USUAL,
    }
}

impl Item {
    /// The hospital's own code beside LOINC's.
    pub(crate) fn own_code(self) -> String {
        let digits = self.code.chars().filter(char::is_ascii_digit);
        "JY".chars().chain(digits).collect()
    }

    /// A number of these units as it is printed.
    pub(crate) fn text(self, units: u32) -> String {
        if self.decimals == 0 {
            return units.to_string();
        }
        let scale = 10_u32.pow(u32::try_from(self.decimals).unwrap_or(0));
        let (whole, part) = (units / scale, units % scale);
        format!("{whole}.{part:0width$}", width = self.decimals)
    }

    /// High, low or normal, as FHIR codes it, and in Chinese.
    pub(crate) fn interpretation(self, units: u32) -> (&'static str, &'static str) {
        if units > self.normal.1 {
            ("H", "偏高")
        } else if units < self.normal.0 {
            ("L", "偏低")
        } else {
            ("N", "正常")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_with_their_decimals() {
        assert_eq!(POTASSIUM.text(405), "4.05");
        assert_eq!(POTASSIUM.text(90), "0.90");
        assert_eq!(CREATININE.text(104), "104");
    }

    #[test]
    fn a_value_is_told_by_its_range() {
        assert_eq!(POTASSIUM.interpretation(531).0, "H");
        assert_eq!(POTASSIUM.interpretation(530).0, "N");
        assert_eq!(POTASSIUM.interpretation(349).0, "L");
    }
}
