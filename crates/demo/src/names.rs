//! Invented personal names: common surnames by how often they occur, given-name characters by sex
//! and by the years in which they were in fashion. Any likeness to a person is chance.

use kernel::identity::Sex;

use crate::random::Random;

/// Surnames with their approximate share in ten-thousandths of the population.
pub const SURNAMES: &[(&str, u32)] = &[
    ("王", 725),
    ("李", 719),
    ("张", 683),
    ("刘", 538),
    ("陈", 453),
    ("杨", 308),
    ("黄", 223),
    ("赵", 229),
    ("吴", 205),
    ("周", 212),
    ("徐", 167),
    ("孙", 154),
    ("马", 129),
    ("朱", 126),
    ("胡", 131),
    ("郭", 115),
    ("何", 117),
    ("高", 100),
    ("林", 118),
    ("罗", 86),
    ("郑", 93),
    ("梁", 84),
    ("谢", 72),
    ("宋", 70),
    ("唐", 65),
    ("许", 66),
    ("韩", 61),
    ("冯", 64),
    ("曹", 57),
    ("彭", 49),
    ("曾", 50),
    ("肖", 47),
    ("田", 44),
    ("董", 46),
    ("潘", 43),
    ("袁", 43),
    ("蔡", 46),
    ("蒋", 47),
    ("余", 45),
    ("于", 41),
    ("杜", 40),
    ("叶", 42),
    ("程", 45),
    ("魏", 42),
    ("苏", 40),
    ("吕", 40),
    ("丁", 40),
    ("任", 39),
    ("卢", 38),
    ("姚", 36),
    ("沈", 37),
    ("钟", 36),
    ("姜", 34),
    ("崔", 33),
    ("谭", 33),
    ("陆", 32),
    ("范", 31),
    ("汪", 31),
    ("廖", 30),
    ("石", 30),
    ("金", 29),
    ("韦", 28),
    ("贾", 28),
    ("夏", 28),
    ("付", 27),
    ("方", 27),
    ("邹", 26),
    ("熊", 26),
    ("白", 26),
    ("孟", 25),
    ("秦", 25),
    ("邱", 25),
    ("侯", 24),
    ("江", 24),
    ("尹", 23),
    ("薛", 23),
    ("闫", 22),
    ("段", 22),
    ("雷", 22),
    ("龙", 21),
    ("黎", 20),
    ("史", 20),
    ("陶", 19),
    ("贺", 19),
    ("龚", 18),
    ("郝", 17),
    ("顾", 17),
    ("邵", 16),
    ("万", 16),
    ("钱", 15),
    ("严", 15),
    ("洪", 14),
    ("武", 14),
    ("戴", 14),
    ("莫", 13),
    ("孔", 13),
    ("向", 12),
    ("常", 12),
    ("温", 11),
    ("康", 11),
    ("施", 11),
    ("文", 10),
    ("牛", 10),
    ("樊", 9),
    ("葛", 9),
    ("邢", 9),
    ("安", 8),
    ("齐", 8),
    ("易", 8),
    ("乔", 8),
    ("伍", 7),
    ("庞", 7),
    ("颜", 7),
    ("倪", 6),
    ("庄", 6),
    ("聂", 6),
    ("章", 6),
    ("鲁", 6),
    ("岳", 5),
    ("翟", 5),
    ("殷", 5),
    ("詹", 5),
    ("申", 5),
    ("欧", 4),
    ("耿", 4),
    ("关", 4),
    ("兰", 4),
    ("焦", 3),
    ("俞", 3),
    ("左", 3),
    ("柳", 3),
    ("甘", 3),
    ("祝", 3),
    ("包", 3),
    ("欧阳", 3),
    ("上官", 1),
    ("司徒", 1),
    ("诸葛", 1),
];

/// Given-name characters of an era: first and last characters, and how many of a thousand people
/// have a single-character given name.
struct Era {
    until_year: i16,
    single_per_mille: u32,
    male: [&'static str; 2],
    female: [&'static str; 2],
}

const ERAS: &[Era] = &[
    Era {
        until_year: 1949,
        single_per_mille: 80,
        male: [
            "德长永福玉广文正金世景国家宝振树光明",
            "福贵山财清林才田发祥成荣全寿义生堂兴有",
        ],
        female: [
            "玉桂秀凤金素淑翠兰菊月春银彩",
            "英兰珍芳莲花娥枝香梅云贞芝仙秀",
        ],
    },
    Era {
        until_year: 1969,
        single_per_mille: 170,
        male: [
            "建国志卫大永新爱学文海立洪春长宝保红",
            "军国华平民明强生林海东祥成忠福根社利",
        ],
        female: [
            "秀桂玉爱淑丽红春玲凤美素亚小惠",
            "英兰芳珍荣花琴梅霞华香云萍霞莲清",
        ],
    },
    Era {
        until_year: 1989,
        single_per_mille: 330,
        male: [
            "建志海晓小永文俊伟学国春少立剑振",
            "伟军勇涛斌刚辉峰波杰超鹏磊飞亮林强平",
        ],
        female: [
            "丽小晓海春红艳秀玉雪美亚婷燕",
            "娟丽敏静霞燕艳玲娜萍红梅芳莉琴",
        ],
    },
    Era {
        until_year: 2009,
        single_per_mille: 240,
        male: [
            "子俊浩嘉志文天宇佳泽思明家一承",
            "轩宇豪杰鑫涛然博文辉航阳凯龙翔源",
        ],
        female: [
            "雨佳思欣梦诗雅婷嘉晓慧美静可",
            "婷怡涵欣琪颖雪瑶莹月媛悦妍璐雯",
        ],
    },
    Era {
        until_year: i16::MAX,
        single_per_mille: 60,
        male: [
            "子梓浩宇沐奕辰亦景承俊一知博书",
            "轩睿宸泽辰霖然希恒铭远阳屹川墨",
        ],
        female: [
            "梓欣雨诗语若沐芷可依一思念清书",
            "涵萱彤妍汐瑶桐禾宁柠伊晨诺悦溪",
        ],
    },
];

/// A surname by frequency.
pub fn surname(random: &mut Random) -> &'static str {
    let surname: &&'static str = random.weighted(SURNAMES);
    surname
}

/// A given name that fits the sex and the year of birth.
pub fn given_name(random: &mut Random, sex: Sex, birth_year: i16) -> String {
    let era = ERAS
        .iter()
        .find(|era| birth_year <= era.until_year)
        .expect("the last era has no end");
    let [first, last] = if sex == Sex::Female {
        era.female
    } else {
        era.male
    };
    let mut draw = |table: &str| {
        let at = random.index(table.chars().count());
        table
            .chars()
            .nth(at)
            .expect("the index is below the length")
    };
    let (first, last) = (draw(first), draw(last));
    if first == last || random.chance(era.single_per_mille) {
        return last.to_string();
    }
    [first, last].iter().collect()
}

/// A whole name.
pub fn person_name(random: &mut Random, surname: &str, sex: Sex, birth_year: i16) -> String {
    format!("{surname}{}", given_name(random, sex, birth_year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_two_to_four_characters() {
        let mut random = Random::new(1);
        for year in 1930..2026 {
            for sex in [Sex::Male, Sex::Female] {
                let surname = surname(&mut random);
                let name = person_name(&mut random, surname, sex, year);
                assert!((2..=4).contains(&name.chars().count()), "{name}");
                assert!(!kernel::text::pinyin_key(&name).is_empty());
            }
        }
    }

    #[test]
    fn surnames_are_distinct() {
        let mut all: Vec<&str> = SURNAMES.iter().map(|(name, _)| *name).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), SURNAMES.len());
    }
}
