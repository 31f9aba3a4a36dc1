//! A population of invented persons with known truth: households, twins, and records of the same
//! person with the errors that clerks make. Places are counted, not named.

use kernel::identity::{Sex, resident_id_check};
use lianti_linkage::{Address, Birth, Identifier, Name, Person, RESIDENT_ID, Sampler, lunar_date};

/// Family names with how many of ten thousand have them, roughly as in the country at large.
const FAMILY: &str = "王710 李700 张680 刘540 陈450 杨310 黄220 赵210 吴200 周190 徐150 孙150 马130 朱120 胡120 \
    郭115 何115 林110 高100 罗100 郑90 梁85 谢75 宋70 唐68 许65 邓60 冯60 韩60 曹58 曾52 彭50 肖48 蔡48 潘45 \
    田45 董45 袁42 于42 余40 叶40 蒋40 杜40 苏38 魏38 程38 吕36 丁36 沈35 任35 姚34 卢34 傅32 钟32 姜32 崔30 \
    谭30 廖28 范28 汪28 陆28 金27 石27 戴26 贾26 韦25 夏25 邱24 方24 侯23 邹23 熊22 孟22 秦22 白21 江21 阎20 \
    薛20 尹20 段19 雷19 黎18 史18 龙18 陶17 贺17 顾16 毛16 郝15 龚15 邵15 万14 钱14 严13 覃13 武13 戚5 欧阳6 \
    上官2 诸葛2 单5 解5 仇3 查3 邢8 莫8 孔8 向7 汤8";
const GIVEN_MEN: &str = "伟强磊军勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建国志文海德成荣光金永新春东\
    生家元祥福贵学思子轩博睿泽晨梓豪逸铭宸瑞恒昊天";
const GIVEN_WOMEN: &str = "芳娜敏静秀娟英华慧巧美娥玲珍霞香月莺媛艳瑞凡佳嘉琼勤贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青\
    倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑筠柔竹霭凝晓欢霄枫芸菲寒欣滢红丽云兰凤洁梅琳素";

/// The persons and, for each, which human they are.
pub struct Population {
    /// Records.
    pub persons: Vec<Person>,
    /// Humans.
    pub humans: Vec<u32>,
}

struct Draw {
    sampler: Sampler,
    families: Vec<(String, usize)>,
    families_total: usize,
    men: Vec<char>,
    women: Vec<char>,
}

impl Draw {
    fn chance(&mut self, of_thousand: usize) -> bool {
        self.sampler.below(1_000) < of_thousand
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.sampler.below(of.len())]
    }

    fn family(&mut self) -> String {
        let mut at = self.sampler.below(self.families_total);
        for (family, share) in &self.families {
            if at < *share {
                return family.clone();
            }
            at -= share;
        }
        unreachable!("below the total")
    }

    /// A character of a given name; the first of the list are the most frequent.
    fn given(&mut self, sex: Sex) -> char {
        let list = if sex == Sex::Male {
            &self.men
        } else {
            &self.women
        };
        let (a, b) = (
            self.sampler.below(list.len()),
            self.sampler.below(list.len()),
        );
        list[a.min(b)]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.sampler.below(10)).unwrap()))
            .collect()
    }

    fn phone(&mut self) -> String {
        format!("1{}{}", 3 + self.sampler.below(6), self.digits(9))
    }
}

#[derive(Clone)]
struct Human {
    family: String,
    given: String,
    sex: Sex,
    birth: Birth,
    id: String,
    insurance: Option<String>,
    phone: Option<String>,
    address: Address,
}

/// `humans` persons; about a third have two or more records.
pub fn population(humans: u32, seed: u64) -> Population {
    let families: Vec<(String, usize)> = FAMILY
        .split_whitespace()
        .map(|one| {
            let cut = one.find(|c: char| c.is_ascii_digit()).unwrap();
            (one[..cut].to_owned(), one[cut..].parse().unwrap())
        })
        .collect();
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut draw = Draw {
        sampler: Sampler::new(seed),
        families_total: families.iter().map(|(_, share)| share).sum(),
        families,
        men: letters(GIVEN_MEN),
        women: letters(GIVEN_WOMEN),
    };
    let mut made = Population {
        persons: Vec::new(),
        humans: Vec::new(),
    };
    let mut human = 0;
    while human < humans {
        for member in household(&mut draw, humans) {
            let records = match draw.sampler.below(100) {
                0..65 => 1,
                65..88 => 2,
                88..96 => 3,
                _ => 4,
            };
            for record in 0..records {
                made.persons.push(written(&mut draw, &member, record > 0));
                made.humans.push(human);
            }
            human += 1;
        }
    }
    made
}

fn household(draw: &mut Draw, humans: u32) -> Vec<Human> {
    let villages = (humans as usize / 1_500).max(4);
    let village = draw.sampler.below(villages);
    let words = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
    let address = Address {
        locality: format!(
            "第{}县{}{}镇{}{}村",
            village / 200,
            words[village / 20 % 10],
            words[village / 40 % 10],
            words[village % 10],
            words[village / 10 % 10]
        ),
        street: format!("{}组", 1 + draw.sampler.below(12)),
        house: format!("{}号", 1 + draw.sampler.below(90)),
        postcode: String::new(),
    };
    let shared_phone = draw.phone();
    let father_family = draw.family();
    let size = 1 + draw.sampler.below(5);
    let generation = draw.given(Sex::Male);
    let mut members: Vec<Human> = Vec::new();
    for place in 0..size {
        let sex = draw.one(&[Sex::Male, Sex::Female]);
        let family = if place == 1 {
            draw.family()
        } else {
            father_family.clone()
        };
        let child = place >= 2;
        let twin = child && place >= 3 && draw.chance(20);
        let birth = match members.last().filter(|_| twin) {
            Some(other) => other.birth,
            None => Birth {
                year: i16::try_from(if child {
                    1990 + draw.sampler.below(36)
                } else {
                    1935 + draw.sampler.below(65)
                })
                .unwrap(),
                month: u8::try_from(1 + draw.sampler.below(12)).unwrap(),
                day: u8::try_from(1 + draw.sampler.below(28)).unwrap(),
            },
        };
        let mut given = String::new();
        if child && (twin || draw.chance(350)) {
            given.push(generation);
        } else if draw.chance(700) {
            given.push(draw.given(sex));
        }
        given.push(draw.given(sex));
        if members
            .iter()
            .any(|other| other.given == given && other.family == family)
        {
            given.push(draw.given(sex));
        }
        let own = draw.chance(600).then(|| draw.phone());
        members.push(Human {
            family,
            given,
            sex,
            birth,
            id: resident_number(draw, birth, sex),
            insurance: draw.chance(700).then(|| draw.digits(12)),
            phone: own.or_else(|| draw.chance(850).then(|| shared_phone.clone())),
            address: address.clone(),
        });
    }
    members
}

fn resident_number(draw: &mut Draw, birth: Birth, sex: Sex) -> String {
    let mut number = format!(
        "99{}{:04}{:02}{:02}{}",
        draw.digits(4),
        birth.year,
        birth.month,
        birth.day,
        draw.digits(2)
    );
    let parity = usize::from(sex == Sex::Male);
    number.push(char::from(
        b'0' + u8::try_from(draw.sampler.below(5) * 2 + parity).unwrap(),
    ));
    number.push(char::from(resident_id_check(number.as_bytes())));
    number
}

/// A human as one member registers them, with errors.
fn written(draw: &mut Draw, human: &Human, later: bool) -> Person {
    let errors = if later { 3 } else { 1 };
    let mut family = human.family.clone();
    let mut given = human.given.clone();
    let mut name = None;
    match draw.sampler.below(1_000 / errors) {
        0..15 => given = with_sound(&given),
        15..25 => given = with_confusable(&given),
        25..32 => given = changed_character(draw, &given, human.sex),
        32..38 => name = Some(Name::Whole(format!("{}{}", human.given, human.family))),
        38..41 => name = Some(Name::Whole("不详".to_owned())),
        41..44 => family = draw.family(),
        _ => {}
    }
    let name = name.unwrap_or_else(|| Name::Whole(format!("{family}{given}")));
    let has_id = draw.chance(600);
    let mut id = human.id.clone();
    if draw.chance(10 * errors) {
        id = slip(draw, &id);
    }
    let mut identifiers = Vec::new();
    if has_id {
        identifiers.push(("resident-id", id));
    } else if draw.chance(30) {
        identifiers.push(("resident-id", "111111111111111111".to_owned()));
    }
    if let Some(insurance) = human.insurance.clone().filter(|_| draw.chance(500)) {
        identifiers.push(("insurance", insurance));
    }
    let phone = match draw.sampler.below(100) {
        0..12 => None,
        12..15 => Some("11111111111".to_owned()),
        15..18 => human.phone.as_ref().map(|phone| slip(draw, phone)),
        18..35 if later => Some(draw.phone()),
        _ => human.phone.clone(),
    };
    let mut address = human.address.clone();
    match draw.sampler.below(100) {
        0..10 => address = Address::default(),
        10..18 => address.house = String::new(),
        18..26 if later => address = household(draw, 30_000)[0].address.clone(),
        _ => {}
    }
    Person {
        names: vec![name],
        birth: written_birth(draw, human.birth, errors),
        sex: match draw.sampler.below(500) {
            0..5 => None,
            5 => Some(if human.sex == Sex::Male {
                Sex::Female
            } else {
                Sex::Male
            }),
            _ => Some(human.sex),
        },
        phones: phone.into_iter().collect(),
        address,
        identifiers: identifiers
            .into_iter()
            .map(|(kind, value)| Identifier {
                kind: if kind == "resident-id" {
                    RESIDENT_ID.to_owned()
                } else {
                    kind.to_owned()
                },
                issuer: String::new(),
                value,
            })
            .collect(),
    }
}

fn written_birth(draw: &mut Draw, birth: Birth, errors: usize) -> Option<Birth> {
    let mut written = birth;
    match draw.sampler.below(1_000 / errors) {
        0..8 if birth.day <= 12 => (written.month, written.day) = (birth.day, birth.month),
        8..18 => written = lunar_date(birth).unwrap_or(birth),
        18..28 => written.year += if draw.chance(500) { 1 } else { 10 },
        28..33 => written.day = birth.day % 9 + 1,
        33..40 => return Birth::read("1900-01-01"),
        40..46 => return None,
        _ => {}
    }
    Some(written)
}

const SOUNDS: &[(char, char)] = &[
    ('伟', '玮'),
    ('静', '婧'),
    ('敏', '闽'),
    ('明', '铭'),
    ('佳', '嘉'),
    ('晓', '小'),
    ('丽', '莉'),
    ('辉', '晖'),
    ('华', '桦'),
    ('芳', '方'),
    ('玲', '铃'),
    ('建', '健'),
    ('英', '瑛'),
    ('红', '洪'),
    ('志', '智'),
    ('军', '君'),
    ('强', '墙'),
    ('杰', '洁'),
    ('涛', '焘'),
    ('秀', '绣'),
    ('文', '雯'),
];
const CONFUSABLE: &[(char, char)] = &[
    ('明', '民'),
    ('敏', '明'),
    ('静', '金'),
    ('平', '频'),
    ('刚', '甘'),
    ('芳', '帆'),
    ('玲', '林'),
    ('志', '自'),
    ('春', '村'),
    ('生', '森'),
    ('英', '音'),
    ('超', '曹'),
    ('娜', '拉'),
    ('丽', '尼'),
];

fn with_sound(given: &str) -> String {
    exchanged(given, SOUNDS)
}

fn with_confusable(given: &str) -> String {
    exchanged(given, CONFUSABLE)
}

fn exchanged(given: &str, pairs: &[(char, char)]) -> String {
    let other = |c: char| {
        pairs
            .iter()
            .find(|(from, _)| *from == c)
            .map_or(c, |(_, to)| *to)
    };
    given.chars().map(other).collect()
}

fn changed_character(draw: &mut Draw, given: &str, sex: Sex) -> String {
    let kept = given.chars().next().filter(|_| given.chars().count() > 1);
    kept.into_iter().chain([draw.given(sex)]).collect()
}

fn slip(draw: &mut Draw, digits: &str) -> String {
    let at = draw.sampler.below(digits.len() - 1);
    let mut bytes = digits.as_bytes().to_vec();
    if draw.chance(300) {
        bytes.swap(at, at + 1);
    } else {
        bytes[at] = b'0' + (bytes[at].wrapping_sub(b'0') + 1) % 10;
    }
    String::from_utf8(bytes).unwrap()
}
