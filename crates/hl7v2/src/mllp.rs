//! Frames of the minimal lower layer protocol: 0x0B, the message, 0x1C 0x0D.

const START: u8 = 0x0b;
const END: u8 = 0x1c;
const LAST: u8 = 0x0d;

/// What a stream of bytes held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Message(Vec<u8>),
    /// A message with more bytes than allowed; it was thrown away up to its end.
    TooLarge,
    /// Bytes that are in no frame, or a frame begun anew before its end.
    Stray,
}

/// Cuts a stream of bytes into frames.
#[derive(Clone, Debug)]
pub struct Framer {
    limit_bytes: usize,
    held: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between frames; whether bytes that are no blanks were seen.
    Outside {
        stray: bool,
    },
    Inside,
    /// Inside, after 0x1C.
    Ending,
    /// In a frame that is too large; whether the last byte was 0x1C.
    Skipping {
        ending: bool,
    },
}

impl Framer {
    /// A reader of messages of at most so many bytes.
    pub fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            held: Vec::new(),
            state: State::Outside { stray: false },
        }
    }

    /// Takes bytes as they come and answers the frames they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Frame> {
        bytes.iter().filter_map(|&byte| self.step(byte)).collect()
    }

    /// Is a frame begun that has not ended?
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Outside { .. })
    }

    fn step(&mut self, byte: u8) -> Option<Frame> {
        match (self.state, byte) {
            (State::Outside { stray }, START) => {
                self.begin();
                stray.then_some(Frame::Stray)
            }
            (State::Outside { .. }, b'\r' | b'\n' | b' ') => None,
            (State::Outside { .. }, _) => {
                self.state = State::Outside { stray: true };
                None
            }
            (State::Inside, START) => {
                self.begin();
                Some(Frame::Stray)
            }
            (State::Inside, END) => {
                self.state = State::Ending;
                None
            }
            (State::Inside, byte) => self.hold(&[byte]),
            (State::Ending, LAST) => {
                self.state = State::Outside { stray: false };
                Some(Frame::Message(std::mem::take(&mut self.held)))
            }
            (State::Ending, START) => {
                self.begin();
                Some(Frame::Stray)
            }
            (State::Ending, byte) => {
                self.state = State::Inside;
                self.hold(&[END, byte])
            }
            (State::Skipping { ending: true }, LAST) => {
                self.state = State::Outside { stray: false };
                Some(Frame::TooLarge)
            }
            (State::Skipping { .. }, byte) => {
                self.state = State::Skipping {
                    ending: byte == END,
                };
                None
            }
        }
    }

    fn begin(&mut self) {
        self.held.clear();
        self.state = State::Inside;
    }

    fn hold(&mut self, bytes: &[u8]) -> Option<Frame> {
        if self.held.len() + bytes.len() > self.limit_bytes {
            self.held = Vec::new();
            self.state = State::Skipping {
                ending: bytes.last() == Some(&END),
            };
            return None;
        }
        self.held.extend_from_slice(bytes);
        None
    }
}

/// A message in its frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 3);
    bytes.push(START);
    bytes.extend_from_slice(message);
    bytes.extend_from_slice(&[END, LAST]);
    bytes
}
