//! What a clinical document says.

use std::fmt;

use crate::narrative::Block;
use crate::time::Time;

/// A document.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is and whose.
    pub header: Header,
    /// What it says.
    pub body: Body,
}

/// Documents are patient data: logs carry ids only.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document(…)")
    }
}

/// What a document says.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Sections in order.
    Sections(Vec<Section>),
    /// Something else than CDA's own words, such as a PDF.
    NonXml(NonXml),
}

/// A body in another format.
#[derive(Clone, PartialEq, Eq)]
pub struct NonXml {
    /// Its media type.
    pub media_type: String,
    /// Whether `data` is Base64.
    pub base64: bool,
    /// The content.
    pub data: String,
}

/// An identifier: who gave it, and the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceId {
    /// OID or UUID of who gives such numbers.
    pub root: String,
    /// The number.
    pub extension: Option<String>,
}

impl InstanceId {
    /// Both in one word.
    pub fn text(&self) -> String {
        match &self.extension {
            None => self.root.clone(),
            Some(extension) => format!("{}^{extension}", self.root),
        }
    }
}

/// A code with its system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub code: Option<String>,
    /// OID of the system.
    pub system: Option<String>,
    /// The system's name.
    pub system_name: Option<String>,
    /// What the code means.
    pub display: Option<String>,
}

/// Whose the document is.
#[derive(Clone, PartialEq, Eq)]
pub struct Patient {
    /// Numbers.
    pub ids: Vec<InstanceId>,
    /// Name.
    pub name: Option<String>,
    /// Administrative sex.
    pub sex: Option<Code>,
    /// Birth date.
    pub birth: Option<Time>,
    /// Telephones.
    pub phones: Vec<String>,
    /// Address in words.
    pub address: Option<String>,
}

/// An organization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// Numbers.
    pub ids: Vec<InstanceId>,
    /// Name.
    pub name: Option<String>,
}

/// Somebody who wrote or signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// When.
    pub time: Option<Time>,
    /// Numbers.
    pub ids: Vec<InstanceId>,
    /// Name.
    pub name: Option<String>,
    /// For whom.
    pub organization: Option<Organization>,
}

/// The visit or stay a document tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encounter {
    /// Numbers.
    pub ids: Vec<InstanceId>,
    /// What sort of visit.
    pub code: Option<Code>,
    /// Its begin.
    pub start: Option<Time>,
    /// Its end.
    pub end: Option<Time>,
    /// Where, in words.
    pub place: Option<String>,
}

/// How a document stands to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It takes the other's place.
    Replaces,
    /// It adds to the other.
    Appends,
    /// It is the other in another form.
    Transforms,
}

impl Relation {
    /// HL7's word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Replaces => "RPLC",
            Self::Appends => "APND",
            Self::Transforms => "XFRM",
        }
    }
}

/// Another document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// How this one stands to it.
    pub relation: Relation,
    /// Its number.
    pub id: InstanceId,
}

/// What a document is and whose.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Its number.
    pub id: InstanceId,
    /// Templates it says it follows.
    pub templates: Vec<InstanceId>,
    /// What sort of document.
    pub code: Code,
    /// Its title.
    pub title: Option<String>,
    /// When it was made.
    pub effective_time: Time,
    /// How confidential it is.
    pub confidentiality: Code,
    /// Its language.
    pub language: Option<String>,
    /// What all its versions share.
    pub set_id: Option<InstanceId>,
    /// Which version.
    pub version_number: Option<i64>,
    /// Whose it is.
    pub patient: Patient,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// Who keeps it.
    pub custodian: Organization,
    /// Who answers for it by law.
    pub legal_authenticator: Option<Author>,
    /// The visit it tells of.
    pub encounter: Option<Encounter>,
    /// Documents it replaces or adds to.
    pub related: Vec<Related>,
}

/// A section.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    /// What sort.
    pub code: Option<Code>,
    /// Its title.
    pub title: Option<String>,
    /// What it says to people.
    pub narrative: Vec<Block>,
    /// What it says to machines, as it was written.
    pub entries: Vec<String>,
    /// Codes that stand in the entries.
    pub codes: Vec<Code>,
    /// Sections inside.
    pub sections: Vec<Section>,
}

/// As [`Document`].
impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Section(…)")
    }
}

impl Document {
    /// All sections, each before those inside it.
    pub fn sections(&self) -> Vec<&Section> {
        fn collect<'a>(sections: &'a [Section], all: &mut Vec<&'a Section>) {
            for section in sections {
                all.push(section);
                collect(&section.sections, all);
            }
        }
        let mut all = Vec::new();
        if let Body::Sections(sections) = &self.body {
            collect(sections, &mut all);
        }
        all
    }
}
