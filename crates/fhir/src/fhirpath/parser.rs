//! From words to a tree, by precedence.

use std::sync::OnceLock;

use super::lexer::{Token, tokens};
use crate::decimal::Decimal;
use crate::temporal::Temporal;

/// Longer or deeper expressions are refused.
const LENGTH_MAX: usize = 16_384;
const DEPTH_MAX: usize = 100;

#[derive(Debug)]
pub(super) enum Node {
    This,
    Index,
    Total,
    Empty,
    Literal(Literal),
    Variable(String),
    /// A member of the first part's result; without it, of the focus.
    Child(Option<Box<Node>>, String),
    Call(Option<Box<Node>>, Call),
    At(Box<Node>, Box<Node>),
    Negate(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Is(Box<Node>, TypeName),
    /// `as` and `ofType`: both keep the items that are of the type.
    As(Box<Node>, TypeName),
}

#[derive(Debug)]
pub(super) struct Call {
    pub name: String,
    pub arguments: Vec<Node>,
    /// The regular expression of `matches` and `replaceMatches`, compiled once when it is written out.
    pub pattern: OnceLock<Option<regex::Regex>>,
}

#[derive(Debug)]
pub(super) enum Literal {
    Boolean(bool),
    Text(String),
    Integer(i64),
    Decimal(Decimal),
    Temporal(Temporal),
    Quantity(Decimal, String),
}

/// `Patient`, `FHIR.Patient`, `System.String`.
#[derive(Debug)]
pub(super) struct TypeName {
    pub namespace: Option<String>,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Union,
    Plus,
    Minus,
    Concatenate,
    Times,
    Divide,
    Div,
    Mod,
}

pub(super) fn parse(text: &str) -> Result<Node, String> {
    if text.len() > LENGTH_MAX {
        return Err("the expression is too long".to_owned());
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let node = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(node),
        other => Err(format!("{other:?} does not belong here")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// `is` and `as` stand between union and addition.
const TYPE_PRECEDENCE: u8 = 8;

fn operator(token: &Token) -> Option<(Operator, u8)> {
    let word = match token {
        Token::Name(name, false) => name.as_str(),
        Token::Mark(mark) => mark,
        _ => return None,
    };
    Some(match word {
        "implies" => (Operator::Implies, 1),
        "or" => (Operator::Or, 2),
        "xor" => (Operator::Xor, 2),
        "and" => (Operator::And, 3),
        "in" => (Operator::In, 4),
        "contains" => (Operator::Contains, 4),
        "=" => (Operator::Equal, 5),
        "!=" => (Operator::NotEqual, 5),
        "~" => (Operator::Equivalent, 5),
        "!~" => (Operator::NotEquivalent, 5),
        "<" => (Operator::Less, 6),
        "<=" => (Operator::LessOrEqual, 6),
        ">" => (Operator::Greater, 6),
        ">=" => (Operator::GreaterOrEqual, 6),
        "|" => (Operator::Union, 7),
        "+" => (Operator::Plus, 9),
        "-" => (Operator::Minus, 9),
        "&" => (Operator::Concatenate, 9),
        "*" => (Operator::Times, 10),
        "/" => (Operator::Divide, 10),
        "div" => (Operator::Div, 10),
        "mod" => (Operator::Mod, 10),
        _ => return None,
    })
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn take(&mut self, mark: &'static str) -> bool {
        let found = *self.peek() == Token::Mark(mark);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), String> {
        if self.take(mark) {
            return Ok(());
        }
        Err(format!("`{mark}` is missing before {:?}", self.peek()))
    }

    fn expression(&mut self, precedence: u8) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("the expression nests too deep".to_owned());
        }
        let mut left = self.term()?;
        loop {
            if let Token::Name(word, false) = self.peek()
                && (word == "is" || word == "as")
                && precedence < TYPE_PRECEDENCE
            {
                let is = word == "is";
                self.at += 1;
                let name = self.type_name()?;
                let left_box = Box::new(left);
                left = if is {
                    Node::Is(left_box, name)
                } else {
                    Node::As(left_box, name)
                };
                continue;
            }
            match operator(self.peek()) {
                Some((operator, own)) if own > precedence => {
                    self.at += 1;
                    let right = self.expression(own)?;
                    left = Node::Binary(operator, Box::new(left), Box::new(right));
                }
                _ => break,
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn term(&mut self) -> Result<Node, String> {
        if self.take("-") {
            let inner = self.polarity()?;
            return Ok(Node::Negate(Box::new(inner)));
        }
        if self.take("+") {
            return self.polarity();
        }
        let mut node = self.primary()?;
        loop {
            if self.take(".") {
                node = self.invocation(Some(node))?;
            } else if self.take("[") {
                let index = self.expression(0)?;
                self.expect("]")?;
                node = Node::At(Box::new(node), Box::new(index));
            } else {
                return Ok(node);
            }
        }
    }

    fn polarity(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("the expression nests too deep".to_owned());
        }
        let node = self.term();
        self.depth -= 1;
        node
    }

    fn primary(&mut self) -> Result<Node, String> {
        match self.peek().clone() {
            Token::Mark("(") => {
                self.at += 1;
                let node = self.expression(0)?;
                self.expect(")")?;
                Ok(node)
            }
            Token::Mark("{") => {
                self.at += 1;
                self.expect("}")?;
                Ok(Node::Empty)
            }
            Token::Text(text) => self.literal(Literal::Text(text)),
            Token::Temporal(value) => self.literal(Literal::Temporal(value)),
            Token::Integer(value) => {
                self.at += 1;
                Ok(Node::Literal(match self.unit() {
                    Some(unit) => Literal::Quantity(value.into(), unit),
                    None => Literal::Integer(value),
                }))
            }
            Token::Decimal(value) => {
                self.at += 1;
                Ok(Node::Literal(match self.unit() {
                    Some(unit) => Literal::Quantity(value, unit),
                    None => Literal::Decimal(value),
                }))
            }
            Token::Variable(name) => {
                self.at += 1;
                Ok(Node::Variable(name))
            }
            Token::Special(name) => {
                self.at += 1;
                Ok(match name {
                    "this" => Node::This,
                    "index" => Node::Index,
                    _ => Node::Total,
                })
            }
            Token::Name(name, false) if name == "true" || name == "false" => {
                self.literal(Literal::Boolean(name == "true"))
            }
            _ => self.invocation(None),
        }
    }

    fn literal(&mut self, literal: Literal) -> Result<Node, String> {
        self.at += 1;
        Ok(Node::Literal(literal))
    }

    /// The unit behind a number: a UCUM code in quotes, or a calendar word.
    fn unit(&mut self) -> Option<String> {
        let unit = match self.peek() {
            Token::Text(unit) => unit.clone(),
            Token::Name(word, false) if super::system::calendar_unit(word).is_some() => {
                word.clone()
            }
            _ => return None,
        };
        self.at += 1;
        Some(unit)
    }

    fn invocation(&mut self, on: Option<Node>) -> Result<Node, String> {
        let on = on.map(Box::new);
        let name = match self.next() {
            Token::Name(name, _) => name,
            Token::Special("this") => return Ok(Node::This),
            Token::Special("index") => return Ok(Node::Index),
            Token::Special(_) => return Ok(Node::Total),
            other => return Err(format!("a name is missing before {other:?}")),
        };
        if !self.take("(") {
            return Ok(Node::Child(on, name));
        }
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                arguments.push(self.expression(0)?);
                if self.take(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        if let ("is" | "as" | "ofType", [argument]) = (name.as_str(), arguments.as_slice()) {
            let wanted = super::types::argument(argument)?;
            let on = on.unwrap_or_else(|| Box::new(Node::This));
            return Ok(if name == "is" {
                Node::Is(on, wanted)
            } else {
                Node::As(on, wanted)
            });
        }
        let pattern = OnceLock::new();
        Ok(Node::Call(
            on,
            Call {
                name,
                arguments,
                pattern,
            },
        ))
    }

    fn type_name(&mut self) -> Result<TypeName, String> {
        let Token::Name(first, _) = self.next() else {
            return Err("a type name is missing".to_owned());
        };
        if !self.take(".") {
            return Ok(TypeName {
                namespace: None,
                name: first,
            });
        }
        match self.next() {
            Token::Name(name, _) => Ok(TypeName {
                namespace: Some(first),
                name,
            }),
            other => Err(format!("a type name is missing before {other:?}")),
        }
    }
}
